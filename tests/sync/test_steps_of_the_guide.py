"""The numbered steps of the guide for apps, carried out one by one: what is carried out here is what stands there, word for word."""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from cms.changes.services import renew_epoch
from cms.core.permissions import system_actor
from cms.publishing.models import Standing
from config import PROJECT_ROOT
from tests.factories import add_consumer, add_key, add_published_post
from tests.people import Caller
from tests.sync.steps import edit, take_back

pytestmark = pytest.mark.usefixtures("city")
HEADING = "### The steps, for apps in Kotlin and Swift"
CARRIED_OUT: dict[int, str] = {}
"""The text of each step, as the program below carries it out."""
Step = Callable[["App"], int | None]


def step(text: str) -> Callable[[Step], Step]:
    """A step is what its text says; it returns the number of the next one, None at the end."""

    def kept(does: Step) -> Step:
        CARRIED_OUT[int(does.__name__.removeprefix("step_"))] = text
        return does

    return kept


class App:
    """An app on a network that breaks: after `answers` answers, or it is killed before step `killed_before`."""

    def __init__(self, site: Caller, filters: str) -> None:
        self.site, self.filters = site, filters
        self.stored: dict[str, Any] = {"state": None, "items": {}, "reasons": {}}
        self.answers, self.ended = -1, ""

    def runs(self, first: int = 1, answers: int = -1, killed_before: int = 0) -> str:
        """Step after step; what was not committed is lost when it is killed."""
        self.answers, self.ended, self.at_work = answers, "", self.stored
        number: int | None = first
        while number is not None and number != killed_before:
            number = getattr(self, f"step_{number}")()
        return "killed" if number else self.ended

    def get(self, address: str, **headers: str) -> Any:
        if self.answers == 0:
            return None
        self.answers -= 1
        return self.site.get(address.removeprefix("http://localhost"), headers=headers)

    def begun(self) -> None:
        state = self.stored["state"]
        generation = state["generation"] + 1 if state else 1
        fresh = {"filters": self.filters, "next": f"/v1/sync?{self.filters}limit=2", "etag": None}
        self.stored["state"] = {**fresh, "generation": generation, "whole": False}

    @step(
        "Read the `state`. If there is none, or its filters are others than yours, store one: `next` is `/v1/sync?` with your filters and "
        "`limit=200`, no `etag`, the `generation` is one more than before (1 at first), `whole` is false."
    )
    def step_1(self) -> int | None:
        if self.stored["state"] is None or self.stored["state"]["filters"] != self.filters:
            self.begun()
        return 2

    @step(
        "GET `next` with your key, and with `If-None-Match` if there is an `etag`. Where no answer comes, or 408, 429, 5xx, or something that is no "
        "JSON, end for now; the next attempt comes after `Retry-After`, or after twice as long as the last time, and up to half of that longer "
        "by chance."
    )
    def step_2(self) -> int | None:
        self.asked, tag = self.stored["state"]["next"], self.stored["state"]["etag"]
        self.answer = self.get(self.asked, **({"If-None-Match": tag} if tag else {}))
        if self.answer is None or self.answer.status_code in {408, 429} or self.answer.status_code >= 500:
            self.ended = "later"
            return None
        return 3

    @step("If it is 304, nothing is new: end.")
    def step_3(self) -> int | None:
        self.ended = "no news" if self.answer.status_code == 304 else ""
        return None if self.ended else 4

    @step(
        "If it is 410, or 400 with the code `invalid_position`, store a `state` as in step 1, with the next `generation`; items and reasons stay. Go "
        "to step 2."
    )
    def step_4(self) -> int | None:
        status = self.answer.status_code
        if status == 410 or (status == 400 and self.answer.json["code"] == "invalid_position"):
            self.begun()
            return 2
        return 5

    @step("If it is anything else than 200, somebody has to look at it: end.")
    def step_5(self) -> int | None:
        self.ended = "" if self.answer.status_code == 200 else "refused"
        return None if self.ended else 6

    @step(
        "Begin a transaction. If the stored `next` is not the address that was asked, another process was faster: roll back and go to step 1."
    )
    def step_6(self) -> int | None:
        self.at_work = copy.deepcopy(self.stored)
        return 7 if self.at_work["state"]["next"] == self.asked else 1

    @step(
        "For each line of `data`, in this order: remove the reason under its type and id. If `op` is `upsert`, store `item` and `digest` with the "
        "`generation`. Else remove the item, and if `op` is `delete` with a `reason`, store `agency`, `slugs`, `explanation` and `to` with the "
        "`generation`."
    )
    def step_7(self) -> int | None:
        generation = self.at_work["state"]["generation"]
        for line in self.answer.json["data"]:
            known = line["type"], line["id"]
            self.at_work["reasons"].pop(known, None)
            if line["op"] == "upsert":
                self.at_work["items"][known] = (line["item"], line["digest"], generation)
                continue
            self.at_work["items"].pop(known, None)
            if line["op"] == "delete" and line["reason"]:
                self.at_work["reasons"][known] = (
                    *(line[name] for name in ("agency", "slugs", "explanation", "to")),
                    generation,
                )
        return 8

    @step(
        "If `meta.complete` is true and `whole` is false, remove items and reasons of a lower `generation`, and set `whole` to true."
    )
    def step_8(self) -> int | None:
        state = self.at_work["state"]
        if self.answer.json["meta"]["complete"] and not state["whole"]:
            for table in ("items", "reasons"):
                kept = {known: row for known, row in self.at_work[table].items() if row[-1] >= state["generation"]}
                self.at_work[table] = kept
            state["whole"] = True
        return 9

    @step(
        "Store `links.next` as `next`. Store the `ETag` of the answer as `etag` if `links.next` is the address that was asked, else none. Commit."
    )
    def step_9(self) -> int | None:
        following = self.answer.json["links"]["next"]
        self.at_work["state"] |= {
            "next": following,
            "etag": self.answer.headers["ETag"] if following == self.asked else None,
        }
        self.stored = self.at_work
        return 10

    @step(
        "If `meta.complete` is false, go to step 2; else end. Begin again in half a minute or later, at a second of your own."
    )
    def step_10(self) -> int | None:
        is_complete = self.answer.json["meta"]["complete"]
        self.ended = "complete" if is_complete else ""
        return None if is_complete else 2

    @step(
        "Once a day, after step 10: GET `/v1/sync/checksum` with the `position` of `next`. If its `meta.complete` is true and a `count` or a `hash` is "
        "not that of your items, ask again; if it differs twice, do step 4."
    )
    def step_11(self) -> int | None:
        differs = [self._differs() for _ in range(2)]
        self.ended = "differs" if all(differs) else "exact"
        if all(differs):
            self.begun()
        return None

    def _differs(self) -> bool:
        position = self.stored["state"]["next"].partition("position=")[2].partition("&")[0]
        told = self.get(f"/v1/sync/checksum?position={position}").json
        mixed: dict[str, tuple[int, int]] = {row["type"]: (0, 0) for row in told["data"]}
        for (kind, item_id), (_item, digest, _generation) in self.stored["items"].items():
            hashed = int.from_bytes(hashlib.sha256(f"{item_id}:{digest}".encode()).digest())
            mixed[kind] = mixed[kind][0] + 1, mixed[kind][1] ^ hashed
        found = {kind: (number, f"{value:064x}") for kind, (number, value) in mixed.items()}
        return bool(told["meta"]["complete"]) and found != {
            row["type"]: (row["count"], row["hash"]) for row in told["data"]
        }

    @property
    def ids(self) -> set[str]:
        return {item_id for _kind, item_id in self.stored["items"]}


def steps_of_the_guide() -> Iterator[tuple[int, str]]:
    chapter = (PROJECT_ROOT / "docs" / "api.md").read_text().partition(HEADING)[2].partition("\n#")[0]
    for found in re.finditer(r"^(\d+)\. (.+(?:\n   .+)*)", chapter, re.MULTILINE):
        yield int(found[1]), " ".join(found[2].split())


def test_what_is_carried_out_here_is_what_the_guide_says() -> None:
    assert dict(steps_of_the_guide()) == dict(sorted(CARRIED_OUT.items()))


def test_killed_before_any_step_it_ends_with_what_is_published(app: Flask, site: Caller) -> None:
    items = [add_published_post(app, title=f"Kabar {number}") for number in range(5)]
    copied = App(site, "type=post&")
    for number in range(1, 11):
        assert copied.runs(killed_before=number) in {"killed", "no news", "complete"}
        assert copied.runs(answers=1) in {"later", "no news", "complete"}
    assert copied.runs() == "no news"
    assert copied.ids == {item.id for item in items}

    take_back(app, items[0], Standing.GONE, "Batal.")
    edit(app, items[1], title="Baru")
    assert copied.runs(killed_before=9) == "killed"
    assert copied.ids == {item.id for item in items}, "half a transaction is none"
    assert copied.runs() == "complete"
    assert copied.ids == {item.id for item in items[1:]}
    assert [reason[2] for reason in copied.stored["reasons"].values()] == ["Batal."]
    assert copied.runs(first=11) == "exact"


def test_it_begins_anew_beside_what_it_has_and_repairs_itself(app: Flask, site: Caller) -> None:
    items = [add_published_post(app, title=f"Kabar {number}") for number in range(3)]
    copied = App(site, "type=post&")
    assert copied.runs() == "complete"
    copied.stored["items"]["post", "hilang"] = ({}, "0" * 64, 1)
    assert copied.runs(first=11) == "differs"
    assert copied.runs(answers=1) == "later"
    assert len(copied.ids) == len(items) + 1, "what it has stays until the new copy is whole"
    assert copied.runs() == "complete"
    assert copied.ids == {item.id for item in items}

    with app.app_context():
        renew_epoch(system_actor("test"), "restored")
    assert copied.runs() == "complete"
    copied.site = Caller(app.test_client(), add_key(app, add_consumer(app, name="Lain"), agencies=("dishub",))[1])
    assert copied.runs() == "complete"
    assert (copied.ids, copied.stored["state"]["generation"]) == (set(), 4)
    copied.site = Caller(app.test_client(), "smp_salah")
    assert copied.runs() == "refused"
