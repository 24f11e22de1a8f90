"""Writes at random, and copies that are kept by the recipe of the API guide: its code is read from the page and run as it stands."""

from __future__ import annotations

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
from cms.editorial.schedules.tasks import carry_out_schedules
from tests.factories import add_key
from tests.stateful.kept_machine import KeptAnswersMachine
from tests.test_readme import blocks

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


def recipe() -> dict[str, Any]:
    """The functions of the guide's recipe for copies."""
    (code,) = [block for block in blocks("docs/api.md", "python") if "def refresh(" in block]
    functions: dict[str, Any] = {"__name__": "guide"}
    exec(compile(code, "docs/api.md", "exec"), functions)  # noqa: S102 - our own guide
    return functions


@dataclass
class Kept:
    """A copy of one list with one key, by the recipe."""

    key: str
    copy: dict[str, Any]


class CopyingMachine(KeptAnswersMachine):
    """After the worker has come by, one more round of the recipe makes every copy equal to what `/v1` shows."""

    app: Flask

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        super().begin(seed)
        self.answers_left = -1
        self.functions = recipe()
        self.functions["get"] = self._get
        keys = {name: add_key(self.app, self.consumer, agencies=of)[1] for name, of in AGENCIES_OF.items()}
        types = self._get(f"{SERVER}/v1/capabilities", keys["all"])[1]["data"]["types"]
        fields = {described["path"]: ",".join(described["fields"]) for described in types.values()}
        self.copies = [
            Kept(
                keys[name],
                {
                    "list": SERVER + path,
                    "fields": fields[path.partition("?")[0]],
                    "epoch": None,
                    "changed_at": None,
                    "items": {},
                },
            )
            for name, path in LISTS
        ]

    def _get(self, address: str, key: str) -> tuple[str, Any]:
        """The guide's `get`, through small pages and a network that may break."""
        if self.answers_left == 0:
            raise ConnectionError
        self.answers_left -= 1
        address = address.replace("limit=100", "limit=3")
        client = FlaskClient(self.app, self.app.response_class)
        answer = client.get(address.removeprefix(SERVER), headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 200, (address, answer.text)
        return answer.headers["Content-Epoch"], answer.json

    # The keys and the consumer of the copies stay as they are: with another key a copy begins anew.
    def limit_key(self) -> None: ...  # type: ignore[override]

    def revoke(self) -> None: ...  # type: ignore[override]

    def switch_consumer(self) -> None: ...  # type: ignore[override]

    @rule(which=st.sets(st.integers(0, len(LISTS) - 1), max_size=3), answers=st.integers(1, 6))
    def copies_are_refreshed(self, which: set[int], answers: int) -> None:
        """At any time, also in the middle of what the worker still has to do; the network breaks after so many answers."""
        for index in sorted(which):
            self.answers_left = answers
            with suppress(ConnectionError):
                self._refresh(self.copies[index])
        self.answers_left = -1

    @rule()
    def everything_is_followed_and_copied(self) -> None:
        self.the_worker_has_done_its_work()
        for kept, shown in zip(self.copies, self.shown(), strict=True):
            self._refresh(kept)
            assert kept.copy["items"] == shown, kept.copy["list"]

    def teardown(self) -> None:
        if hasattr(self, "copies"):
            self.everything_is_followed_and_copied()

    def shown(self) -> list[dict[str, Any]]:
        """What each list has now, by id."""
        return [{item["id"]: item for item in self._shown(kept)} for kept in self.copies]

    def _refresh(self, kept: Kept) -> None:
        self.functions["refresh"](kept.copy, kept.key)

    def _shown(self, kept: Kept) -> Iterator[dict[str, Any]]:
        """What the list has now, in the order that people see."""
        mark = "&" if "?" in kept.copy["list"] else "?"
        address = f"{kept.copy['list']}{mark}limit=100&fields={kept.copy['fields']}"
        while address:
            page = self._get(address, kept.key)[1]
            yield from page["data"]
            address = page["links"]["next"]

    def the_worker_has_done_its_work(self) -> None:
        with self.app.app_context():
            while carry_out_schedules():
                pass
            while follow_log("presenter", rebuild_changed):
                pass
            while rebuild_merged():
                pass

    @invariant()
    def what_is_kept_is_what_is_computed(self) -> None:
        """Another test's business."""
