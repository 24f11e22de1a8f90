"""What every client of `/v1/sync` must live through, beside a real server."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from config import PROJECT_ROOT
from tests.cli.servers import cms_command, environment_of
from tests.clients.published import differing, published
from tests.examples.running_city import RunningCity
from tests.examples.writers import Writers

SECONDS_TO_FOLLOW = 120.0
ALL = ((), ("/v1/posts", "/v1/documents"))
CHANNEL = (("type=post", "channel=dishub"), ("/v1/posts?channel=dishub",))


@dataclass(frozen=True)
class About:
    """How often a copy began, and the ids of what was taken back with a reason."""

    generation: int
    reasons: set[str]


@dataclass(frozen=True)
class Client:
    """A program that keeps a copy in a folder, in pages of three lines, and what is in that copy."""

    start: Callable[[RunningCity, Path, Sequence[str]], subprocess.Popen[str]]
    kept: Callable[[Path], dict[str, dict[str, Any]]]
    about: Callable[[Path], About]

    def runs(self, city: RunningCity, folder: Path, filters: Sequence[str] = ()) -> None:
        """Once, to its end."""
        process = self.start(city, folder, filters)
        told, complaints = process.communicate()
        assert (process.returncode, complaints) == (0, ""), told

    def differs(self, city: RunningCity, folder: Path, what: tuple[Sequence[str], Sequence[str]]) -> list[str]:
        """What still differs after some rounds: the worker and the schedules of the last seconds come by meanwhile."""
        filters, paths = what
        deadline, found = time.monotonic() + SECONDS_TO_FOLLOW, ["not compared"]
        while found and time.monotonic() < deadline:
            self.runs(city, folder, filters)
            found = differing(published(city, *paths), self.kept(folder))
        return found


def is_killed_while_people_write(city: RunningCity, client: Client, folder: Path, kills: int) -> None:
    """Killed in the middle of pages, it ends with exactly what is published, of everything and of one channel."""
    writers, stop = Writers(city), threading.Event()
    thread = threading.Thread(target=writers, args=(stop,))
    copies = {folder / "all": ALL, folder / "channel": CHANNEL}
    for copy in (*copies, folder / "measured"):
        copy.mkdir()
    dice, killed, cut_off, began = random.Random(7), 0, 0, time.monotonic()
    client.runs(city, folder / "measured")
    first_copy = time.monotonic() - began
    thread.start()
    try:
        while thread.is_alive() and (killed < kills or len(writers.done) < len(set(writers.kinds))):
            copy = sorted(copies)[killed % 2]
            process = client.start(city, copy, copies[copy][0])
            try:
                process.wait(first_copy * dice.uniform(0.05, 0.6))
            except subprocess.TimeoutExpired:
                cut_off += 1
            process.kill()
            process.communicate()
            killed += 1
    finally:
        stop.set()
        thread.join()

    assert cut_off > kills / 4
    found = [client.differs(city, copy, what) for copy, what in copies.items()]
    assert found == [[], []], found


def begins_anew_after_a_restore(city: RunningCity, client: Client, folder: Path) -> None:
    """The data was restored: the copy is right again, and was right before."""
    client.runs(city, folder)
    assert client.differs(city, folder, ALL) == []
    command = [*cms_command(), "epoch", "renew", "--reason", "snapshot"]
    environment = environment_of(city.instance, **city.settings)
    subprocess.run(command, check=True, cwd=PROJECT_ROOT, env=environment, capture_output=True)
    assert client.differs(city, folder, ALL) == []


def follows_the_rights_of_its_key(city: RunningCity, client: Client, folder: Path) -> None:
    """A key that sees less leaves nothing else in the copy, one that sees more completes it."""
    admin = city.sign_in("admin@balikpapan.example")
    consumer = city.send("GET", "/manage/v1/consumers?limit=1", admin).body["data"][0]["id"]
    sizes = []
    for agencies in (None, ["dpu"], ["dpu"], ["dpu", "dishub"]):
        wanted = {"label": "Salinan", "agencies": agencies}
        made = city.send("POST", f"/manage/v1/consumers/{consumer}/keys", admin, wanted).body["data"]["key"]
        seen = replace(city, secrets={**city.secrets, "keys": {"website": made}})
        assert client.differs(seen, folder, ALL) == []
        sizes.append(len(client.kept(folder)))
    # Between two of them a schedule of the city may come.
    assert sizes[0] > sizes[3] > max(sizes[1:3]) >= min(sizes[1:3]) > 0, sizes


def in_sqlite(folder: Path) -> dict[str, dict[str, Any]]:
    """The items in `copy.db`, whose file is whole."""
    with closing(sqlite3.connect(folder / "copy.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {item_id: json.loads(item) for item_id, item in database.execute("SELECT id, item FROM items")}


def about_sqlite(folder: Path) -> About:
    """About the copy in `copy.db`."""
    with closing(sqlite3.connect(folder / "copy.db")) as database:
        (generation,) = database.execute("SELECT generation FROM state").fetchone()
        return About(generation, {row[0] for row in database.execute("SELECT id FROM gone")})
