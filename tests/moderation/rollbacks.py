"""What the tests of rollbacks share: writing posts, and ordering a rollback."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.factories import NEWS, post_content
from tests.people import Caller

LATER = timedelta(minutes=5)
REASON = "Akun editor dibajak."


def make(caller: Caller, **values: Any) -> str:
    """A draft of a post; its id."""
    made = caller.post("/manage/v1/posts", json=post_content(**values))
    assert made.status_code == 201, made.json
    return str(made.json["data"]["id"])


def act(caller: Caller, item_id: str, verb: str = "", body: dict[str, Any] | None = None, method: str = "POST") -> Any:
    """Do something to a post that must be possible; the answer."""
    path = f"/manage/v1/posts/{item_id}"
    match = caller.get(path).headers["ETag"]
    answer = caller(method, path + (f"/{verb}" if verb else ""), match=match, json=body or {})
    assert answer.status_code in {200, 204}, answer.json
    return answer.json


def publish(caller: Caller, item_id: str) -> None:
    """Publish its newest edition."""
    act(caller, item_id, "publish", NEWS)


def edit(caller: Caller, item_id: str, **values: Any) -> None:
    """Change fields of it."""
    act(caller, item_id, body=values, method="PATCH")


def seen(site: Caller, item_id: str) -> tuple[int, str]:
    """What readers get: status and title."""
    answer = site.get(f"/v1/posts/{item_id}")
    return answer.status_code, answer.json.get("data", {}).get("title", "")


def roll_back(central: Caller, target: Caller, since: str = "2026-11-24T01:03:00Z", **more: Any) -> dict[str, Any]:
    """Order a rollback of what `target` did; the answer."""
    body = {"actor": target.actor.id, "since": since, "reason": REASON, **more}
    answer = central.post("/manage/v1/rollback", json=body)
    assert answer.status_code == 200, answer.json
    return dict(answer.json["data"])


def counts(rollback: dict[str, Any]) -> dict[str, int]:
    """What was done, by outcome, when nothing failed."""
    assert rollback["failed"] == []
    assert rollback["finished_at"] is not None
    return {name: number for name, number in rollback["done"].items() if number}
