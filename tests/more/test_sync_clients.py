"""The clients of `/v1/sync` in JavaScript (Node, and Chromium with IndexedDB) and in PHP live through what the one in Python does."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from html import unescape
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.clients.endings import (
    follows_a_merger,
    follows_a_repost_to_its_end,
    forgets_what_vanished,
    goes_on_with_another_key,
)
from tests.clients.journeys import (
    ALL,
    About,
    Client,
    about_sqlite,
    begins_anew_after_a_restore,
    follows_the_rights_of_its_key,
    in_sqlite,
    is_killed_while_people_write,
)
from tests.clients.published import differing, published
from tests.examples.loading import CLIENTS
from tests.examples.running_city import RunningCity, running_city
from tests.more.browser import command, shown
from tests.more.programs import PHP
from tests.more.sites import files_served

HERE = Path(__file__).parent


class Holding(SimpleHTTPRequestHandler):
    """Files, and a picture that is held until its page, the only one at that time, says that it is done."""

    done = threading.Event()

    def do_GET(self) -> None:
        if self.path.startswith("/sync_page.html"):
            self.done.clear()
        if self.path == "/hold":
            self.done.wait(90)
        if self.path == "/release":
            self.done.set()
        with suppress(OSError):
            super().do_GET()

    def end_headers(self) -> None:
        """Also the page of last time is asked for."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_arguments: Any) -> None:
        """Nothing on the screen."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[RunningCity]:
    with running_city(tmp_path_factory.mktemp("city")) as city:
        yield city


@pytest.fixture(scope="module")
def page(running: RunningCity, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page with the module, whose origin the administrator has registered."""
    folder = tmp_path_factory.mktemp("page")
    shutil.copy(CLIENTS / "simpul_sync.mjs", folder)
    shutil.copy(HERE / "sync_page.html", folder)
    with files_served(folder, Holding) as port:
        admin = running.sign_in("admin@balikpapan.example")
        for consumer in running.send("GET", "/manage/v1/consumers", admin).body["data"]:
            path = f"/manage/v1/consumers/{consumer['id']}"
            changed = running.send("PATCH", path, admin, {"origins": [f"http://localhost:{port}"]}, consumer["version"])
            assert changed.status == 200
        yield f"http://localhost:{port}/sync_page.html"


def started(city: RunningCity, words: Sequence[str], folder: Path) -> subprocess.Popen[str]:
    settings = {"SIMPUL_API": city.api, "SIMPUL_KEY": city.key, "SIMPUL_PAGE": "3"}
    pipe = subprocess.PIPE
    return subprocess.Popen(words, cwd=folder, env={**os.environ, **settings}, stdout=pipe, stderr=pipe, text=True)


def in_json(folder: Path) -> dict[str, dict[str, Any]]:
    kept = json.loads((folder / "copy.json").read_text())["items"].values()
    return {each["item"]["id"]: each["item"] for each in kept}


def about_json(folder: Path) -> About:
    copy = json.loads((folder / "copy.json").read_text())
    return About(copy["state"]["generation"], {each["key"][1] for each in copy["gone"].values()})


NODE = Client(
    lambda city, folder, filters: started(
        city, ["node", "--throw-deprecation", str(HERE / "sync_program.mjs"), str(folder), *filters], folder
    ),
    in_json,
    about_json,
)
IN_PHP = Client(
    lambda city, folder, filters: started(city, [*PHP, str(CLIENTS / "simpul_sync.php"), "copy.db", *filters], folder),
    in_sqlite,
    about_sqlite,
)


def browser(page: str) -> Client:
    """Chromium, whose profile lies in the folder of the copy."""

    def start(city: RunningCity, folder: Path, filters: Sequence[str]) -> subprocess.Popen[str]:
        query = {"base": city.api, "key": city.key, **dict(each.split("=") for each in filters)}
        words = command(f"{page}?{urlencode(query)}", folder / "profile")
        return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def read(folder: Path) -> Any:
        found = shown(page, folder / "profile")
        assert (found.title, found.console) == ("Done", [])
        return json.loads(unescape(found.main.removeprefix("<main>").removesuffix("</main>")))

    def about(folder: Path) -> About:
        found = read(folder)
        return About(found["generation"], set(found["reasons"]))

    return Client(
        lambda *given: _quiet(start(*given)), lambda folder: {item["id"]: item for item in read(folder)["items"]}, about
    )


def _quiet(process: subprocess.Popen[str]) -> subprocess.Popen[str]:
    """What Chromium writes on its second channel is about this machine."""
    talk = process.communicate
    process.communicate = lambda *given, **named: (talk(*given, **named)[0], "")  # type: ignore[method-assign]
    return process


@pytest.fixture(params=["node", "php", "browser"])
def client(request: pytest.FixtureRequest, page: str) -> Client:
    made = {"node": NODE, "php": IN_PHP, "browser": browser(page)}
    return made[request.param]


@pytest.mark.timeout(400)
def test_killed_in_the_middle_it_ends_with_exactly_what_is_published(
    running: RunningCity, client: Client, tmp_path: Path
) -> None:
    is_killed_while_people_write(running, client, tmp_path, 20)


@pytest.mark.timeout(200)
def test_it_begins_anew_after_a_restore(running: RunningCity, client: Client, tmp_path: Path) -> None:
    begins_anew_after_a_restore(running, client, tmp_path)


@pytest.mark.timeout(200)
def test_a_key_of_other_rights_makes_it_exact_again(running: RunningCity, client: Client, tmp_path: Path) -> None:
    follows_the_rights_of_its_key(running, client, tmp_path)


@pytest.mark.timeout(200)
def test_it_forgets_what_vanished(running: RunningCity, client: Client, tmp_path: Path) -> None:
    forgets_what_vanished(running, client, tmp_path)


@pytest.mark.timeout(200)
def test_it_follows_a_merger_and_its_end(
    running: RunningCity, client: Client, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    follows_a_merger(running, client, tmp_path, f"digabung-{request.node.callspec.id}")


@pytest.mark.timeout(200)
def test_it_follows_a_repost_to_its_end(running: RunningCity, client: Client, tmp_path: Path) -> None:
    follows_a_repost_to_its_end(running, client, tmp_path)


@pytest.mark.timeout(200)
def test_it_goes_on_with_another_key_of_the_same_scope(running: RunningCity, client: Client, tmp_path: Path) -> None:
    goes_on_with_another_key(running, client, tmp_path)


@pytest.mark.parametrize("name", ["node", "php"])
def test_it_repairs_what_was_damaged(
    running: RunningCity, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = {"node": NODE, "php": IN_PHP}[name]
    monkeypatch.setenv("SIMPUL_CHECK", "yes")
    assert client.differs(running, tmp_path, ALL) == []
    if name == "php":
        with closing(sqlite3.connect(tmp_path / "copy.db")) as database, database:
            database.execute("DELETE FROM items WHERE id = (SELECT max(id) FROM items)")
    else:
        kept = json.loads((tmp_path / "copy.json").read_text())
        kept["items"].popitem()
        (tmp_path / "copy.json").write_text(json.dumps(kept))
    client.runs(running, tmp_path)
    assert differing(published(running, *ALL[1]), client.kept(tmp_path)) == []
