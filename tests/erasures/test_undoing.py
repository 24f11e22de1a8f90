"""Neither a rollback nor restoring an edition brings back what was erased."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cms.core.permissions import Role
from tests.erasures.orders import WORD, Orders
from tests.moderation.rollbacks import counts, edit, publish, roll_back
from tests.people import Caller, People

LATER = timedelta(minutes=5)
CLEAN = {"title": "Data", "summary": "Ringkas", "body": "Isi", "tags": [], "slug": "data-lain"}


@pytest.fixture
def hijacked(orders: Orders, people: People) -> Caller:
    """An editor whose work is undone."""
    assert orders
    return people.person(Role.AGENCY_EDITOR, "dpu")


def test_an_erased_item_stays_as_it_is_when_work_on_it_is_undone(orders: Orders, hijacked: Caller) -> None:
    path = orders.post()
    item_id = path.rpartition("/")[2]
    orders.act(path, "unpublish", {"kind": "withdrawn", "explanation": "Tidak berlaku lagi."})
    orders.moment(LATER)
    edit(hijacked, item_id, body=f"Isi rusak {WORD}")
    publish(hijacked, item_id)
    orders.erase(path)
    before = orders.editor.get(path).json["data"]  # type: ignore[index]

    assert counts(roll_back(orders.editor, hijacked)) == {"unchanged": 1}

    assert orders.editor.get(path).json["data"] == before  # type: ignore[index]
    assert orders.site.get(f"/v1/posts/{item_id}").status_code == 410
    assert orders.traces() == []


def test_readers_get_no_erased_edition_back(orders: Orders, hijacked: Caller) -> None:
    """They lose what the hijacked account has published all the same."""
    path = orders.post()
    item_id = path.rpartition("/")[2]
    orders.moment(LATER)
    edit(hijacked, item_id, **CLEAN)
    publish(hijacked, item_id)
    orders.erase(path, editions=[1])

    assert counts(roll_back(orders.editor, hijacked)) == {"withdrawn": 1}

    assert orders.site.get(f"/v1/posts/{item_id}").status_code == 410
    assert orders.editor.get(path).json["data"]["title"] == "Data"  # type: ignore[index]
    assert orders.traces() == []


def test_an_erased_edition_cannot_be_restored(orders: Orders) -> None:
    path = orders.post()
    orders.publish_anew(path, **CLEAN)
    orders.erase(path, editions=[1])

    refused = orders.editor("POST", f"{path}/restore", match=orders.version(path), json={"edition": 1})

    assert (refused.status_code, refused.json["code"]) == (409, "edition_erased")  # type: ignore[index]
    assert orders.editor.get(path).json["data"]["edition"] == 2  # type: ignore[index]
