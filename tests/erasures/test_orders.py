"""Orders to erase: two persons, within seven days, of what was published and is not in use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cms.changes.models import Change
from cms.core.db import session
from cms.core.errors import Conflict
from cms.erasures.models import ErasureState
from cms.erasures.queries import list_erasures
from cms.erasures.services import ErasureRequest, confirm_erasure, request_erasure
from cms.posts.content import POST
from tests.conftest import note_time
from tests.erasures.orders import LAW, MANAGE, Orders
from tests.factories import add_post


def code(answer: Any) -> tuple[int, str]:
    """Status and code of a problem."""
    return answer.status_code, answer.json["code"]


def test_who_ordered_it_cannot_confirm_it(orders: Orders) -> None:
    path = orders.post()
    ordered = orders.order(path, by=orders.chief)
    assert code(orders.confirm(ordered, by=orders.chief)) == (409, "erasure_needs_another_person")
    assert orders.site.get(f"/v1/posts/{path.rpartition('/')[2]}").status_code == 200
    assert orders.confirm(ordered, by=orders.editor).status_code == 200
    assert code(orders.confirm(ordered)) == (409, "erasure_decided")


def test_nobody_confirms_an_order_that_is_older_than_seven_days(orders: Orders) -> None:
    path = orders.post()
    ordered = orders.order(path).json["data"]["id"]  # type: ignore[index]
    orders.moment(timedelta(days=7, minutes=1))
    note_time(orders.app)
    actor, officer = orders.superior.actor, orders.officer.actor
    with orders.app.app_context():
        with pytest.raises(Conflict, match="erasure_decided"):
            confirm_erasure(actor, ordered)
        expired = list_erasures(actor, ErasureState.EXPIRED, limit=9)
        assert [(each.id, each.standing) for each in expired] == [(ordered, "expired")]
        assert list_erasures(actor, ErasureState.REQUESTED, limit=9) == []
        again = request_erasure(officer, POST, path.rpartition("/")[2], ErasureRequest(**LAW))
    assert again.erasure.id != ordered


def test_an_order_that_waits_is_the_only_one_until_it_is_cancelled(orders: Orders) -> None:
    path = orders.post()
    ordered = orders.order(path)
    assert code(orders.order(path, by=orders.chief)) == (409, "erasure_waits")
    cancelled = orders.officer.post(f"{MANAGE}/erasures/{ordered.json['data']['id']}/cancel", {})  # type: ignore[index]
    assert (cancelled.status_code, cancelled.json["data"]["state"]) == (200, "cancelled")  # type: ignore[index]
    assert code(orders.confirm(ordered)) == (409, "erasure_decided")
    assert orders.order(path).status_code == 201


def test_a_rehearsal_names_what_would_go_and_changes_nothing(orders: Orders) -> None:
    path, file_id = orders.document()
    before = orders.traces()
    told = orders.officer.post(f"{path}/erase?dry_run=true", LAW)
    goes = told.json["data"]["goes"]  # type: ignore[index]
    assert (told.status_code, goes["editions"], goes["files"][0]["id"]) == (201, [1, 2], file_id)
    assert orders.chief.get(f"{MANAGE}/erasures").json["data"] == []  # type: ignore[index]
    ordered = orders.order(path)
    rehearsed = orders.superior.post(
        f"{MANAGE}/erasures/{ordered.json['data']['id']}/confirm?dry_run=true",
        {},  # type: ignore[index]
    )
    assert rehearsed.json["data"]["state"] == "confirmed"  # type: ignore[index]
    assert orders.traces() == before
    waiting = orders.chief.get(f"{MANAGE}/erasures/{ordered.json['data']['id']}").json["data"]  # type: ignore[index]
    assert (waiting["state"], waiting["goes"]) == ("requested", goes)


@pytest.mark.parametrize(
    ("parts", "pointer"),
    [({"editions": [9]}, "/parts/editions/0"), ({"files": ["019ac1a0-7c00-7000-8000-000000000002"]}, "/parts/files/0")],
)
def test_parts_that_are_not_there_are_refused(orders: Orders, parts: dict[str, Any], pointer: str) -> None:
    refused = orders.order(orders.post(), **parts)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, pointer)  # type: ignore[index]


def test_an_order_of_no_part_is_refused(orders: Orders) -> None:
    refused = orders.officer.post(f"{orders.post()}/erase", {**LAW, "parts": {}})
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "needed_one_of")  # type: ignore[index]


def test_what_was_never_published_is_purged_not_erased(orders: Orders) -> None:
    draft = add_post(orders.app)
    assert code(orders.order(f"{MANAGE}/posts/{draft.id}")) == (409, "not_published")


def test_the_newest_and_the_published_edition_are_in_use(orders: Orders) -> None:
    path = orders.post()
    orders.change(path, title="Rancangan")
    for edition in (1, 2):
        assert code(orders.order(path, editions=[edition])) == (409, "erasure_in_use"), edition


def test_an_edition_that_is_published_again_meanwhile_is_not_erased(orders: Orders) -> None:
    path = orders.post()
    orders.publish_anew(path, title="Data")
    ordered = orders.order(path, editions=[1])
    restored = orders.editor("POST", f"{path}/restore", match=orders.version(path), json={"edition": 1})
    assert restored.status_code == 200, restored.json
    confirmed = orders.confirm(ordered)
    assert confirmed.json["data"]["goes"]["editions"] == [1]  # type: ignore[index]
    newest = orders.editor.get(path).json["data"]  # type: ignore[index]
    assert newest["title"] != "[dihapus]", "a copy is an edition of its own: the officers look at what is there"


def test_every_step_is_in_the_log_with_who_did_it(orders: Orders) -> None:
    path = orders.post()
    orders.erase(path)
    with orders.app.app_context():
        lines = session.scalars(select(Change).where(Change.action.like("%eras%")).order_by(Change.sequence)).all()
    told = [(line.action, line.actor_id) for line in lines]
    assert told == [
        ("erasure.requested", orders.officer.actor.id),
        ("post.erased", orders.superior.actor.id),
    ]


def test_a_schedule_of_an_erased_item_is_dropped(orders: Orders) -> None:
    path = orders.post()
    orders.act(path, "schedule", {"unpublish_at": "2026-11-25T01:00:00Z", "explanation": "Selesai zkanaria."})
    orders.erase(path)
    assert orders.traces() == []
    shown = orders.editor.get(path).json["data"]  # type: ignore[index]
    assert shown["state"] == "archived"
