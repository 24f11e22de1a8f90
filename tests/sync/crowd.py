"""Writers and copies at the same time: what the tests of the suite and the long one share."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cms.core.db import session
from cms.core.errors import DomainError, Unavailable
from cms.editorial.endings.services import unpublish_item
from cms.editorial.items.models import Item
from cms.editorial.items.services import create_item, publish_item, update_item
from cms.editorial.reposts.services import end_item_repost, repost_item
from cms.posts.content import POST
from cms.publishing.models import Standing
from tests.factories import CENTRAL, NEWS, post_content, seen
from tests.sync.follower import Follower

SERVER = "http://localhost"
ENDINGS = (Standing.GONE, Standing.VANISHED, Standing.WITHDRAWN)


class Writer:
    """Changes its own items, and carries those of others."""

    def __init__(self, app: Flask, number: int, items: list[str]) -> None:
        self.app, self.number, self.items = app, number, items
        self.dice = random.Random(number)
        self.done = 0

    def write(self, changes: int) -> None:
        """As many changes as this; what is refused meanwhile (another state) is none, what finds the database busy is tried again."""
        for step in range(changes):
            while not self._is_tried(step):
                pass

    def _is_tried(self, step: int) -> bool:
        with self.app.app_context(), suppress(DomainError):
            try:
                self._change(step)
            except Unavailable:
                return False
            self.done += 1
        return True

    def _change(self, step: int) -> None:
        if step < 3 or self.dice.random() < 0.3:
            agency = self.dice.choice(["dpu", "dishub"])
            title = f"Kabar {self.number} {step}"
            kind = self.dice.choice(["berita", "artikel"])
            made = create_item(POST, CENTRAL, POST.completed(post_content(title=title, agency=agency, kind=kind))).item
            publish_item(POST, CENTRAL, made.id, seen(made))
            self.items.append(made.id)
            return
        item = session.get_one(Item, self.dice.choice(self.items))
        change = self.dice.choice([self._edit, self._edit, self._end, self._carry, self._carry_no_more])
        change(item, step)

    def _edit(self, item: Item, step: int) -> None:
        values = {"title": f"Kabar {self.number} {step}", "kind": self.dice.choice(["berita", "artikel"])}
        changed = update_item(POST, CENTRAL, item.id, values, seen(item)).item
        publish_item(POST, CENTRAL, item.id, seen(changed), **NEWS)

    def _end(self, item: Item, _step: int) -> None:
        standing = self.dice.choice(ENDINGS)
        told = None if standing == Standing.VANISHED else "Jadwal berubah."
        unpublish_item(POST, CENTRAL, item.id, seen(item), standing=standing, explanation=told)

    def _carry(self, item: Item, _step: int) -> None:
        repost_item(POST, CENTRAL, item.id, "dishub", comment="Bacalah.")

    def _carry_no_more(self, item: Item, _step: int) -> None:
        end_item_repost(POST, CENTRAL, item.id, "dishub")


class Copier:
    """A copy that takes pages until it is told that nobody writes any more."""

    def __init__(self, app: Flask, key: str, filters: str, limit: int) -> None:
        self.app, self.filters = app, filters
        self.follower = Follower(key, f"{SERVER}/v1/sync?limit={limit}{filters}")

    def ask(self, address: str, key: str) -> TestResponse:
        """One request; a client of its own, as in another process."""
        client = FlaskClient(self.app, self.app.response_class)
        return client.get(address.removeprefix(SERVER), headers={"Authorization": f"Bearer {key}"})

    def copy(self, over: threading.Event) -> None:
        """Take pages, then the rest."""
        while not over.is_set():
            self.follower.page(self.ask)
        self.follower.catch_up(self.ask)

    def checksum(self) -> dict[str, tuple[int, str]]:
        """What it should have."""
        position = (self.follower.at or "").partition("position=")[2].partition("&")[0]
        answer = self.ask(f"/v1/sync/checksum?position={position}", self.follower.key)
        assert answer.json["meta"]["complete"], answer.text
        return {row["type"]: (row["count"], row["hash"]) for row in answer.json["data"] if row["count"]}

    def shown(self) -> set[str]:
        """The posts that a list with the same filters has."""
        address: str | None = f"/v1/posts?limit=100&fields=id{self.filters}"
        found: set[str] = set()
        while address:
            answer = self.ask(address, self.follower.key)
            found |= {row["id"] for row in answer.json["data"]}
            address = answer.json["links"]["next"]
        return found


def in_threads(works: Sequence[Callable[[], object]]) -> list[threading.Thread]:
    """Begin all of them."""
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    return threads
