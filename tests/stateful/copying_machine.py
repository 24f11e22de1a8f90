"""Writes at random, and copies that are kept by the program that the API guide gives people to copy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from cms.changes.followers import follow_log
from cms.editorial.followers import rebuild_changed
from cms.editorial.mergers.followers import rebuild_merged
from cms.editorial.schedules.tasks import carry_out_and_follow
from tests.examples.loading import loaded
from tests.factories import add_key
from tests.stateful.kept_machine import KeptAnswersMachine

SERVER = "http://localhost"
LISTS = (
    ("all", "/v1/posts"),
    ("all", "/v1/posts?channel=dishub"),
    ("all", "/v1/posts?agency=baru&include=agency"),
    ("all", "/v1/posts?category=infrastruktur&include=category,channel"),
    ("all", "/v1/documents?include=agency,information_kinds"),
    ("of-dpu", "/v1/posts"),
    ("of-baru", "/v1/posts?channel=baru"),
    ("of-baru", "/v1/documents?agency=baru"),
)  # fmt: skip
AGENCIES_OF = {"all": None, "of-dpu": ("dpu",), "of-baru": ("baru",)}


class Broken(ConnectionError):
    """The network, in the middle of a refresh."""


@dataclass
class Kept:
    """A copy of one list with one key, by the example."""

    key: str
    path: str
    copy: Any

    @property
    def items(self) -> dict[str, Any]:
        """What the copy has, by id."""
        rows = self.copy.db.execute("SELECT id, shown FROM items WHERE list = ?", [self.path])
        return {item_id: json.loads(shown) for item_id, shown in rows}


class CopyingMachine(KeptAnswersMachine):
    """After the worker has come by, one more round makes every copy equal to what `/v1` shows."""

    app: Flask

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        super().begin(seed)
        self.answers_left = -1
        self.example = loaded("offline_copy")
        self.example.PAGE = 3
        keys = {name: add_key(self.app, self.consumer, agencies=of)[1] for name, of in AGENCIES_OF.items()}
        types = self._get("/v1/capabilities", keys["all"]).get_json()["data"]["types"]
        self.example.FIELDS = {told["path"]: ",".join(told["fields"]) for told in types.values()}
        self.copies = [Kept(keys[name], path, self._copy(keys[name], path)) for name, path in LISTS]

    def _copy(self, key: str, path: str) -> Any:
        """An empty copy by the example, whose requests come here instead of going through a network."""
        api = self.example.Api(SERVER, key)
        api._once = lambda request: self._once(request.selector, request.headers)
        return self.example.Copy(":memory:", api, [path])

    def _once(self, path: str, headers: Any) -> tuple[int, Any, Any]:
        """Through a network that may break."""
        if self.answers_left == 0:
            raise Broken
        self.answers_left -= 1
        answer = FlaskClient(self.app, self.app.response_class).get(
            path, headers={name: value for name, value in headers.items() if name != "Accept-encoding"}
        )
        return answer.status_code, answer.headers, answer.get_json() if answer.status_code != 304 else None

    def _get(self, path: str, key: str) -> Any:
        answer = FlaskClient(self.app, self.app.response_class).get(path, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 200, (path, answer.text)
        return answer

    # The keys and the consumer of the copies stay as they are: with another key a copy begins anew.
    def limit_key(self) -> None: ...  # type: ignore[override]

    def revoke(self) -> None: ...  # type: ignore[override]

    def switch_consumer(self) -> None: ...  # type: ignore[override]

    @rule(which=st.sets(st.integers(0, len(LISTS) - 1), max_size=3), answers=st.integers(1, 6))
    def copies_are_refreshed(self, which: set[int], answers: int) -> None:
        """At any time, also in the middle of what the worker still has to do; the network breaks after so many answers."""
        for index in sorted(which):
            self.answers_left = answers
            with suppress(Broken):
                self.copies[index].copy.refresh()
        self.answers_left = -1

    @rule()
    def everything_is_followed_and_copied(self) -> None:
        self.the_worker_has_done_its_work()
        for kept, shown in zip(self.copies, self.shown(), strict=True):
            kept.copy.refresh()
            assert kept.items == shown, kept.path

    def teardown(self) -> None:
        if hasattr(self, "copies"):
            self.everything_is_followed_and_copied()

    def shown(self) -> list[dict[str, Any]]:
        """What each list has now, by id."""
        return [{item["id"]: item for item in self._shown(kept)} for kept in self.copies]

    def _shown(self, kept: Kept) -> Iterator[dict[str, Any]]:
        """What the list has now, in the order that people see."""
        mark = "&" if "?" in kept.path else "?"
        path = f"{kept.path}{mark}limit=100&fields={self.example.FIELDS[kept.path.partition('?')[0]]}"
        while path:
            page = self._get(path, kept.key).get_json()
            yield from page["data"]
            path = (page["links"]["next"] or "").removeprefix(SERVER)

    def the_worker_has_done_its_work(self) -> None:
        with self.app.app_context():
            while carry_out_and_follow():
                pass
            while follow_log("presenter", rebuild_changed):
                pass
            while rebuild_merged():
                pass

    @invariant()
    def what_is_kept_is_what_is_computed(self) -> None:
        """Another test's business."""
