"""Servers as processes whose machines' clocks are wrong, are set back or leap ahead while they run."""

from __future__ import annotations

import json
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from cms.core import clock
from cms.core.permissions import Role
from tests.cli.servers import START_SECONDS, free_port, get, started
from tests.database import under_test
from tests.factories import add_city, add_consumer, add_key, post_content
from tests.people import PASSWORD, People, email_of

WITHIN = timedelta(milliseconds=700)
"""How far a server may be from the real time, whenever it answers."""


@dataclass
class Node:
    """A running server, and how many seconds the clock of its machine is wrong."""

    port: int
    file: Path
    log: Path

    def shift(self, seconds: float) -> None:
        """Set the machine's clock."""
        new = self.file.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self.file)

    def time(self) -> datetime:
        """The time that the server goes by."""
        return datetime.fromisoformat(get(self.port, "/readyz")["time"])

    def error(self) -> timedelta:
        """How far the server is ahead of the real time, or behind it: at least, for it may have looked at any moment until its answer came."""
        before = datetime.now(UTC)
        told = self.time()
        after = datetime.now(UTC)
        return max(told - after, timedelta(0)) or min(told - before, timedelta(0))

    def ask(self, method: str, path: str, token: str, body: Any = None, **headers: str) -> tuple[int, Any, str | None]:
        """Status, JSON and ETag."""
        data = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **headers}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.loads(answer.read() or b"null"), answer.headers["ETag"]
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null"), error.headers["ETag"]

    def publish(self, token: str, title: str) -> str:
        """The id of a new post that readers have."""
        status, made, tag = self.ask("POST", "/manage/v1/posts", token, post_content(title=title))
        assert status == 201, made
        item_id: str = made["data"]["id"]
        status, told, _tag = self.ask(
            "POST", f"/manage/v1/posts/{item_id}/publish", token, {}, **{"If-Match": tag or ""}
        )
        assert status == 200, told
        return item_id

    def schedule(self, token: str, title: str, at: datetime) -> str:
        """The id of a new post that readers will have."""
        _status, made, tag = self.ask("POST", "/manage/v1/posts", token, post_content(title=title))
        item_id: str = made["data"]["id"]
        schedule = {"publish_at": clock.rfc3339(at), "timezone": "Asia/Makassar"}
        status, told, _tag = self.ask(
            "POST", f"/manage/v1/posts/{item_id}/schedule", token, schedule, **{"If-Match": tag or ""}
        )
        assert status == 200, told
        return item_id

    def max_age(self, key: str) -> int:
        """How many seconds caches may keep the list of posts."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/v1/posts", headers={"Authorization": f"Bearer {key}"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            found = re.search(r"max-age=(\d+)", answer.headers["Cache-Control"])
            return int(found[1]) if found else -1

    def ids(self, key: str, query: str = "") -> list[str]:
        """What the list of posts shows."""
        status, told, _tag = self.ask("GET", f"/v1/posts{query}", key)
        assert status == 200, told
        return [row["id"] for row in told["data"]]


@contextmanager
def node(environment: dict[str, str], folder: Path, seconds: float, *words: str) -> Iterator[Node]:
    """A server on a machine whose clock is wrong by so many seconds."""
    folder.mkdir()
    found = Node(free_port(), folder / "shift", folder / "log")
    found.shift(seconds)
    settings = {
        **environment,
        "INSTANCE_PATH": str(folder),
        "PORT": str(found.port),
    }
    program = [sys.executable, "-m", "tests.cli.shifted", str(found.file)]
    with started(folder, found.log, "serve", *words, program=program, **settings) as process:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                found.time()
            except OSError:
                assert process.poll() is None, found.log.read_text()[-2000:]
                assert time.monotonic() < deadline, "the server did not answer"
                time.sleep(0.1)
            else:
                break
        yield found


@pytest.fixture
def credentials(app: Flask, people: People) -> tuple[str, str, str]:
    """The tokens of a central editor and of a website, and the address that the editor signs in with: of today, since the servers' clocks go on; the key's lasts."""
    with clock.frozen(datetime.now(UTC)):
        add_city(app)
        _id, key = add_key(app, add_consumer(app), expires_at=clock.NEVER)
        editor = people.person(Role.CENTRAL_EDITOR)
        return editor.token, key, email_of(editor.actor)


def test_servers_go_by_one_time_or_by_their_machine_s(
    app: Flask, environment: dict[str, str], credentials: tuple[str, str, str], tmp_path: Path
) -> None:
    """Two servers on one PostgreSQL, five minutes ahead and behind, answer alike; on SQLite there is one machine."""
    environment = {**environment, "STORAGE_URL": app.extensions["simpul"].settings.storage_url}
    if under_test() == "postgresql":
        with ExitStack() as stack:
            nodes = [
                stack.enter_context(node(environment, tmp_path / name, seconds))
                for name, seconds in (("ahead", 300.0), ("behind", -300.0))
            ]
            _answer_alike(nodes, *credentials)
    else:
        with node(environment, tmp_path / "only", 0.0, "--worker") as only:
            _steps_on_one_machine(only, *credentials[:2])


def _answer_alike(nodes: list[Node], token: str, key: str, email: str) -> None:
    """The database's clock is right: that of this machine."""
    for each in nodes:
        assert abs(each.error()) < WITHIN
    first, second = (each.publish(token, f"Dari {each.port}") for each in nodes)
    for each in nodes:
        assert each.ids(key) == [second, first]
        assert len({each.ask("GET", "/v1/posts", key)[2] for each in nodes}) == 1

    due = datetime.now(UTC) + timedelta(seconds=4)
    scheduled = nodes[0].schedule(token, "Rencana", due)
    assert [each.ids(key) for each in nodes] == [[second, first]] * 2
    appeared: dict[int, datetime] = {}
    while len(appeared) < len(nodes):
        assert datetime.now(UTC) < due + timedelta(seconds=60)
        for each in nodes:
            asked = datetime.now(UTC)
            if each.port not in appeared and scheduled in each.ids(key):
                appeared[each.port] = datetime.now(UTC)
                assert appeared[each.port] >= due - WITHIN, "too early"
            elif each.port not in appeared:
                assert asked < due + WITHIN, "too late"

    _expire_alike(nodes, token, key, email)

    # Their machines' clocks leap while they run.
    for each, seconds in zip(nodes, (-7_200.0, 86_400.0 * 4_000), strict=True):
        each.shift(seconds)
        assert abs(each.error()) < WITHIN
        assert each.ids(key)[-3:] == [scheduled, second, first]
        each.publish(token, f"Lagi dari {each.port}")
    assert nodes[0].ids(key) == nodes[1].ids(key)
    assert set(nodes[0].ids(key)) >= {scheduled, second, first}


def _expire_alike(nodes: list[Node], token: str, key: str, email: str) -> None:
    """Tokens, leases, preview links and the time that caches may keep an answer: each made by one server and held by the other."""
    for maker, holder in (nodes, reversed(nodes)):
        status, tokens, _tag = maker.ask("POST", "/manage/v1/auth/login", "", {"email": email, "password": PASSWORD})
        assert status == 200, tokens
        assert holder.ask("GET", "/manage/v1/me", tokens["access_token"])[0] == 200
        status, renewed, _tag = holder.ask(
            "POST", "/manage/v1/auth/refresh", "", {"refresh_token": tokens["refresh_token"]}
        )
        assert status == 200, renewed

        item = maker.ask("POST", "/manage/v1/posts", token, post_content(title="Sedang disunting"))[1]["data"]["id"]
        lease = maker.ask("POST", f"/manage/v1/posts/{item}/lease", token, {})[1]["data"]
        assert holder.ask("GET", f"/manage/v1/posts/{item}/lease", token)[1]["data"]["until"] == lease["until"]
        left = datetime.fromisoformat(lease["until"]) - datetime.now(UTC)
        assert timedelta(0) < left < timedelta(hours=1)
        link = maker.ask("POST", f"/manage/v1/posts/{item}/previews", token, {})[1]["data"]["url"]
        assert holder.ask("GET", link[link.index("/preview") :], "")[0] == 200

    nodes[0].schedule(token, "Segera", datetime.now(UTC) + timedelta(seconds=60))
    began = datetime.now(UTC)
    ages = [each.max_age(key) for each in nodes]
    passed = (datetime.now(UTC) - began).total_seconds()
    assert 0 < min(ages) <= max(ages) <= 60
    assert max(ages) - min(ages) <= 2 + passed


def _steps_on_one_machine(only: Node, token: str, key: str) -> None:
    post = only.publish(token, "Terbit")
    only.schedule(token, "Rencana", datetime.now(UTC) + timedelta(days=60))
    assert only.ids(key) == [post]
    tag = only.ask("GET", "/v1/posts", key)[2]

    seen = [only.time()]
    only.shift(-30)
    for _ in range(5):
        seen.append(only.time())
        assert only.ids(key) == [post]
    assert seen == sorted(seen), "time went back"

    only.shift(-3_600)
    assert only.error() < -timedelta(minutes=50)
    for query in ("", "?kind=pengumuman", "?sort=-updated_at", "?count=exact"):
        assert only.ids(key, query) == [post], query
    assert only.ask("GET", "/v1/posts", key)[2] == tag

    only.shift(86_400 * 3_650)
    assert only.ids(key) == [post], "every schedule of ten years is due"
    status, told, _tag = only.ask("POST", "/manage/v1/auth/login", "", {"email": "a@b.example", "password": "p" * 12})
    assert (status, told["code"]) == (503, "clock_wrong"), told

    only.shift(0)
    second = only.publish(token, "Lagi")
    assert only.ids(key) == [second, post]
