"""The code of the guide's chapter on copies, as it stands there: it ends with what is published, wherever it is stopped."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from cms.changes.services import renew_epoch
from cms.core.permissions import system_actor
from cms.editorial.endings.services import unpublish_item
from cms.posts.content import POST
from cms.publishing.models import Standing
from tests.factories import CENTRAL, add_published_document, add_published_post, seen
from tests.people import Caller, People
from tests.test_readme import blocks

SERVER = "http://localhost"
pytestmark = pytest.mark.usefixtures("city")


class Guide:
    """The functions of the guide, on a network that breaks after so many answers, and a store that survives."""

    def __init__(self, site: Caller) -> None:
        (code,) = [block for block in blocks("docs/api.md", "python") if "def follow(copy, " in block]
        self.functions: dict[str, Any] = {"__name__": "guide"}
        exec(compile(code, "docs/api.md", "exec"), self.functions)  # noqa: S102 - our own guide
        self.functions["get"] = self._get
        self.site, self.answers_left = site, -1
        self.stored = json.dumps({"next": f"{SERVER}/v1/sync?limit=2", "items": {}, "new": {}})

    def _get(self, address: str, _key: str) -> tuple[int, Any]:
        if self.answers_left == 0:
            raise ConnectionError
        self.answers_left -= 1
        answer = self.site.get(address.removeprefix(SERVER))
        return answer.status_code, answer.json

    def _save(self, copy: Any) -> None:
        self.stored = json.dumps(copy)

    def runs(self, answers: int = -1) -> None:
        """One run of the program: it begins with what is stored."""
        self.answers_left = answers
        try:
            self.functions["follow"](json.loads(self.stored), "", self._save)
        except ConnectionError:
            assert answers >= 0

    @property
    def ids(self) -> set[str]:
        return {item["id"] for item in json.loads(self.stored)["items"].values()}


def test_the_guide_keeps_a_copy(app: Flask, people: People) -> None:
    items = [add_published_post(app, title=f"Kabar {number}") for number in range(5)]
    items.append(add_published_document(app))
    guide = Guide(people.website())
    for _ in range(4):
        guide.runs(answers=1)
    assert guide.ids == {item.id for item in items}

    with app.app_context():
        unpublish_item(POST, CENTRAL, items[2].id, seen(items[2]), standing=Standing.GONE, explanation="Batal.")
    items.append(add_published_post(app, title="Baru"))
    guide.runs()
    there = {item.id for item in items} - {items[2].id}
    assert guide.ids == there

    with app.app_context():
        renew_epoch(system_actor("test"), "restored")
    guide.runs(answers=2)
    # Half of the new copy is there, and the old one is still shown.
    assert guide.ids == there
    guide.runs()
    assert (guide.ids, json.loads(guide.stored)["new"]) == (there, None)
