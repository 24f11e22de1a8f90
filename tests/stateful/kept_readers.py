"""Reads by keys of every scope, from memory and computed anew; both must give the same."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

LISTS = (
    "/v1/posts", "/v1/posts?limit=1", "/v1/posts?channel=baru", "/v1/posts?agency=baru,dpu", "/v1/documents",
    "/v1/posts?category=infrastruktur&include=category,agency", "/v1/posts?sort=-updated_at&count=exact",
    "/v1/posts?fields=id,title,cover&include=channel", "/v1/posts?channel=kota,lama", "/v1/documents?channel=baru&count=exact",
    "/v1/posts?sort=changed_at&limit=3", "/v1/documents?sort=-changed_at&agency=baru,dpu",
    "/v1/agencies", "/v1/agencies?active=true", "/v1/agencies/lama", "/v1/areas", "/v1/capabilities", "/v1/whoami",
)  # fmt: skip
DETAILS = ("", "?include=agency", "?fields=id,title")
PATHS_AT_ONCE = 12
Published = tuple[str, str, str]
"""Type and id of an item, and a question for its address."""


@dataclass
class Readers:
    """`kept` keeps answers; `fresh`, on the same database, keeps none. `bodies` has what each tag ever stood for, by path."""

    kept: Flask
    fresh: Flask
    dice: random.Random
    bodies: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def compare(self, items: Sequence[Published], keys: Sequence[str]) -> None:
        """Ask for some of everything there is, with each key."""
        self.fresh.extensions["simpul"].forget()
        # All steps together ask more than one address may in a minute with keys that do not hold, and both have to count alike.
        self.kept.extensions["simpul_delivery"].limits.forget()
        for path in self.dice.sample(list(_paths(items)), PATHS_AT_ONCE):
            for key in keys:
                self._compare(path, {"Authorization": f"Bearer {key}"})

    def _compare(self, path: str, headers: dict[str, str]) -> None:
        kept, fresh = _get(self.kept, path, headers), _get(self.fresh, path, headers)
        assert _told(kept) == _told(fresh), path
        known = self.bodies.setdefault(path, {})
        if fresh.status_code == 200:
            body = known.setdefault(fresh.headers["ETag"], fresh.data)
            assert body == fresh.data, f"one tag, two bodies: {path}"
        if not known:
            return
        tag = self.dice.choice(sorted(known))
        for app in (self.kept, self.fresh):
            answer = _get(app, path, {**headers, "If-None-Match": tag})
            if answer.status_code == 304:
                assert (fresh.status_code, fresh.data) == (200, known[tag]), f"304 for another body: {path}"
            else:
                assert _told(answer) == _told(fresh), path


def _paths(items: Sequence[Published]) -> Iterator[str]:
    yield from LISTS
    yield "/v1/items?ids=" + ",".join(item_id for _kind, item_id, _address in items[:20])
    for kind, item_id, address in items[-6:]:
        yield address
        yield from (f"/v1/{kind}s/{item_id}{query}" for query in DETAILS)


def _get(app: Flask, path: str, headers: dict[str, str]) -> TestResponse:
    """Without the contract: every kind of answer is held against it in other tests."""
    return FlaskClient(app, app.response_class).get(path, headers=headers)


def _told(answer: TestResponse) -> tuple[Any, ...]:
    names = ("ETag", "Cache-Control", "Last-Modified", "Vary", "Content-Seq", "Cache-Groups")
    if answer.status_code == 200:
        return 200, answer.data, [answer.headers.get(name) for name in names]
    problem: dict[str, Any] = answer.json  # type: ignore[assignment]
    return answer.status_code, problem["code"], problem.get("explanation"), problem.get("alternative")
