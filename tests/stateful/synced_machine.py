"""Writes at random, and copies that are kept by `/v1/sync`, with keys of every scope, filters of every kind and pages of any size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from werkzeug.test import TestResponse

from tests.factories import add_key
from tests.stateful.copying_machine import SERVER, CopyingMachine
from tests.sync.follower import Follower


@dataclass(frozen=True)
class Case:
    """A key, the filters of a copy, and the lists that show the same. `by_id`: what is in it does not wait for the worker."""

    key: str
    filters: str
    lists: tuple[str, ...]
    by_id: bool = True


CASES = (
    Case("all", "", ("/v1/posts", "/v1/documents")),
    Case("all", "type=post,agency,category,information_kind,area,office", ("/v1/posts", "/v1/agencies", "/v1/categories", "/v1/areas")),
    Case("all", "channel=dishub", ("/v1/posts?channel=dishub", "/v1/documents?channel=dishub")),
    Case("all", "channel=kota,lama&type=post", ("/v1/posts?channel=kota,lama",)),
    Case("all", "channel=dishub&relation=repost&type=post", ("/v1/posts?channel=dishub&relation=repost",)),
    Case("all", "category=infrastruktur&type=post", ("/v1/posts?category=infrastruktur",)),
    Case("all", "kind=berita&class=berkala", ("/v1/posts?kind=berita", "/v1/documents?class=berkala")),
    Case("all", "agency=baru", ("/v1/posts?agency=baru", "/v1/documents?agency=baru"), by_id=False),
    Case("of-dpu", "", ("/v1/posts", "/v1/documents"), by_id=False),
    Case("of-baru", "channel=baru", ("/v1/posts?channel=baru", "/v1/documents?channel=baru"), by_id=False),
    Case("of-baru", "agency=baru&type=document", ("/v1/documents?agency=baru",), by_id=False),
    Case("limited", "type=post", ("/v1/posts",), by_id=False),
)  # fmt: skip
KEYS: dict[str, tuple[str, ...] | None] = {
    "all": None,
    "of-dpu": ("dpu",),
    "of-baru": ("baru",),
    "limited": ("dishub", "lama"),
}
NAMES = {"agencies": ("agency", "slug"), "categories": ("category", "slug"), "areas": ("area", "code")}


class SyncedMachine(CopyingMachine):
    """After the worker has come by, every copy has what `/v1` shows to the same key with the same filters, and the same checksums."""

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        super().begin(seed)
        self.copies = []
        issued = {name: add_key(self.app, self.consumer, agencies=of) for name, of in KEYS.items()}
        self.keys["limited"] = issued["limited"]
        self.texts = {name: text for name, (_key_id, text) in issued.items()}
        self.followers = [self._new(case, 1 + index % 4) for index, case in enumerate(CASES)]

    def _new(self, case: Case, limit: int) -> Follower:
        return Follower(self.texts[case.key], f"{SERVER}/v1/sync?limit={limit}{case.filters and '&' + case.filters}")

    def ask(self, address: str, key: str) -> TestResponse:
        client = FlaskClient(self.app, self.app.response_class)
        return client.get(address.removeprefix(SERVER), headers={"Authorization": f"Bearer {key}"})

    @rule(agencies=st.lists(st.sampled_from(["dpu", "dishub", "lama"]), max_size=2, unique=True))
    def limit_key(self, agencies: list[str]) -> None:  # type: ignore[override]
        """The copy of a key whose agencies change begins anew."""
        self._limit("limited", agencies)

    def copies_are_refreshed(self, which: set[int], answers: int) -> None: ...  # type: ignore[override]

    @rule(which=st.sets(st.integers(0, len(CASES) - 1), max_size=4), pages=st.integers(1, 6))
    def some_pages_are_taken(self, which: set[int], pages: int) -> None:
        """At any time, also in the middle of what the worker still has to do."""
        for index in sorted(which):
            follower = self.followers[index]
            for _ in range(pages):
                if not follower.page(self.ask):
                    self._compare_ids(CASES[index], follower)
                    break

    @rule(which=st.integers(0, len(CASES) - 1), limit=st.sampled_from([1, 2, 500]))
    def a_copy_begins_anew(self, which: int, limit: int) -> None:
        self.followers[which] = self._new(CASES[which], limit)

    @rule()
    def everything_is_followed_and_copied(self) -> None:
        self.the_worker_has_done_its_work()
        for case, follower in zip(CASES, self.followers, strict=True):
            follower.catch_up(self.ask)
            self._compare(case, follower)

    def teardown(self) -> None:
        if hasattr(self, "followers"):
            self.everything_is_followed_and_copied()

    def _compare_ids(self, case: Case, follower: Follower) -> None:
        """A scheduled moment counts on the second, and nothing that was taken back stays."""
        if case.by_id:
            shown = self._of_lists(case)
            assert {
                known for known in follower.items if known in shown or known[0] in ("post", "document")
            } == shown.keys(), case

    def _compare(self, case: Case, follower: Follower) -> None:
        shown = self._of_lists(case)
        mine = {
            known: item
            for known, item in follower.items.items()
            if known[0] in {name for name, _ in shown} | {"post", "document"}
        }
        assert mine == shown, case
        position = (follower.at or "").partition("position=")[2].partition("&")[0]
        answer = self.ask(f"/v1/sync/checksum?position={position}", follower.key)
        told = {row["type"]: (row["count"], row["hash"]) for row in answer.json["data"] if row["count"]}
        assert (told, answer.json["meta"]["complete"]) == (follower.hashes(), True), case

    def _of_lists(self, case: Case) -> dict[tuple[str, str], Any]:
        found: dict[tuple[str, str], Any] = {}
        for path in case.lists:
            name = path.partition("?")[0].rsplit("/", 1)[-1]
            kind, key = NAMES.get(name, (name.removesuffix("s"), "id"))
            for item in self._all(path, self.texts[case.key], is_content=name not in NAMES):
                item.pop("count", None)
                found[kind, item[key]] = item
        return found

    def _all(self, path: str, key: str, *, is_content: bool) -> list[dict[str, Any]]:
        fields = self._fields(path) if is_content else ""
        address: str | None = f"{path}{'&' if '?' in path else '?'}limit=100{fields}"
        found: list[dict[str, Any]] = []
        while address:
            answer = self.ask(address, key)
            assert answer.status_code == 200, (address, answer.text)
            found += answer.json["data"]
            address = answer.json["links"]["next"]
        return found

    def _fields(self, path: str) -> str:
        if not hasattr(self, "known_fields"):
            types = self.ask("/v1/capabilities", self.texts["all"]).json["data"]["types"].values()
            self.known_fields = {each["path"]: ",".join(each["fields"]) for each in types}
        return f"&fields={self.known_fields[path.partition('?')[0]]}"
