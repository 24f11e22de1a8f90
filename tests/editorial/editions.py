"""What tests of the history of items share: making a post, saving it, and reading what became of it."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select

from cms.changes.models import Change
from cms.core.db import session
from tests.editorial.city import Caller, post

Callers = dict[str, Caller]


def made(caller: Caller, **values: Any) -> str:
    """The path of a new post."""
    return f"posts/{caller('POST', 'posts', post(**values)).json['data']['id']}"


def save(caller: Caller, path: str, match: str, *, autosave: bool = False, **patch: Any) -> Any:
    """The answer to a change."""
    answer = caller("PATCH", f"{path}?autosave=true" if autosave else path, patch, match=match)
    assert answer.status_code == 200, answer.json
    return answer


def history(caller: Caller, path: str) -> list[dict[str, Any]]:
    """The editions, newest first."""
    return caller("GET", f"{path}/editions").json["data"]  # type: ignore[no-any-return]


def actions(app: Flask, path: str) -> list[tuple[str, int | None]]:
    """What the log tells of the item, with the editions."""
    with app.app_context():
        lines = select(Change.action, Change.edition).where(Change.resource_id == path.split("/")[1])
        return [(action, edition) for action, edition in session.execute(lines.order_by(Change.sequence))]
