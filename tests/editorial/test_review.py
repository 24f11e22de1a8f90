"""Approval, four eyes, Diskominfo's review, discarding: over HTTP, for what each person may do and is told he may."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cms.agencies.models import Agency
from cms.core.db import unit_of_work
from cms.core.ids import new_id
from cms.core.permissions import Actor, Role
from cms.editorial.items.models import Item
from cms.taxonomy.models import Category
from tests.editorial.city import Caller, add_people, document, post
from tests.editorial.test_transitions import Callers, live
from tests.factories import NEWS

SECOND = Actor(new_id(), "second editor", frozenset({(Role.AGENCY_EDITOR, "dpu")}))


@pytest.fixture
def second(app: Flask, client: FlaskClient, city: None) -> Caller:
    """Another editor of the same agency."""
    add_people(app, SECOND)
    return Caller(app, client, SECOND)


def asked(app: Flask, **values: Any) -> None:
    """Set what Dinas Pekerjaan Umum asks for."""
    with app.app_context(), unit_of_work() as unit:
        agency = unit.session.get_one(Agency, "dpu")
        for name, value in values.items():
            setattr(agency, name, value)


def held(app: Flask, path: str, *codes: str) -> None:
    """Let moderation have found something."""
    with app.app_context(), unit_of_work() as unit:
        item = unit.session.get_one(Item, path.split("/")[1])
        item.hold = [{"code": code, "pointer": "/body", "detail": None} for code in codes]


class Desk:
    """An item and its version, whoever acts."""

    def __init__(self, writer: Caller, content: dict[str, Any], plural: str = "posts") -> None:
        answer = writer("POST", plural, content)
        self.path, self.etag = f"{plural}/{answer.json['data']['id']}", answer.headers["ETag"]

    def __call__(self, caller: Caller, step: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
        """Do a step; gives the status and the state, or the code of the problem."""
        answer = caller("POST", f"{self.path}/{step}", body or {}, match=self.etag)
        if answer.status_code != 200:
            return answer.status_code, answer.json["code"]
        self.etag = answer.headers["ETag"]
        return 200, answer.json["data"]["state"]

    def change(self, caller: Caller, **patch: Any) -> str:
        """Save; gives the state."""
        answer = caller("PATCH", self.path, patch, match=self.etag)
        assert answer.status_code == 200, answer.json
        self.etag = answer.headers["ETag"]
        return str(answer.json["data"]["state"])

    def actions(self, caller: Caller) -> list[str]:
        """What the caller is told he can do."""
        return list(caller("GET", self.path).json["data"]["allowed_actions"])


@pytest.mark.parametrize(("plural", "content"), [("posts", post()), ("documents", document())])
def test_an_approval_belongs_to_one_edition(callers: Callers, plural: str, content: dict[str, Any]) -> None:
    desk = Desk(callers["author"], content, plural)
    assert desk(callers["editor"], "approve") == (409, "wrong_state")
    assert desk(callers["author"], "submit") == (200, "in_review")
    assert desk(callers["author"], "approve") == (403, "forbidden")
    assert desk(callers["stranger"], "approve") == (404, "not_found")

    assert desk(callers["editor"], "approve", {"comment": "Baik."}) == (200, "approved")

    shown = callers["author"]("GET", desk.path).json["data"]
    assert shown["comment"] == "Baik."
    assert (shown["approval"]["edition"], shown["approval"]["by"]["name"]) == (1, "agency_editor")
    assert desk.change(callers["author"], title="Lain") == "draft"
    assert callers["author"]("GET", desk.path).json["data"]["approval"] is None


def test_what_is_approved_can_be_returned_and_the_approval_is_void(callers: Callers) -> None:
    desk = Desk(callers["author"], post())
    desk(callers["author"], "submit")
    desk(callers["editor"], "approve")
    assert desk(callers["editor"], "return", {"comment": "Ternyata salah."}) == (200, "returned")
    assert callers["editor"]("GET", desk.path).json["data"]["approval"] is None
    assert desk(callers["author"], "submit") == (200, "in_review")
    desk(callers["editor"], "approve")
    assert desk(callers["editor"], "publish") == (200, "published")


def test_where_diskominfo_reviews_an_agency_s_editor_publishes_what_a_central_editor_approved(
    app: Flask, callers: Callers
) -> None:
    asked(app, review="central")
    desk = Desk(callers["author"], post())
    assert "publish" not in desk.actions(callers["editor"])
    assert desk(callers["editor"], "publish") == (409, "approval_needed")
    desk(callers["author"], "submit")
    assert {"approve", "publish", "schedule"}.isdisjoint(desk.actions(callers["editor"]))
    assert desk(callers["editor"], "approve") == (409, "approval_not_yours")
    assert {"approve", "publish"} <= set(desk.actions(callers["central"]))

    assert desk(callers["central"], "approve") == (200, "approved")

    assert "publish" in desk.actions(callers["editor"])
    assert desk(callers["editor"], "publish") == (200, "published")
    desk.change(callers["editor"], title="Lain")
    assert desk(callers["editor"], "publish") == (409, "approval_needed")
    assert desk(callers["central"], "publish", NEWS) == (200, "published")


def test_an_approval_from_before_diskominfo_reviewed_does_not_count(app: Flask, callers: Callers) -> None:
    desk = Desk(callers["author"], post())
    desk(callers["author"], "submit")
    desk(callers["editor"], "approve")
    asked(app, review="central")
    assert desk(callers["editor"], "publish") == (409, "approval_needed")


def test_with_four_eyes_nobody_approves_or_publishes_what_he_wrote(
    app: Flask, callers: Callers, second: Caller
) -> None:
    asked(app, four_eyes=True)
    desk = Desk(callers["author"], post())
    desk.change(callers["editor"], title="Lain")
    assert desk(callers["editor"], "publish") == (409, "approval_needed")
    assert desk(callers["central"], "publish") == (409, "approval_needed")
    desk(callers["author"], "submit")
    assert "approve" not in desk.actions(callers["editor"])
    assert desk(callers["editor"], "approve") == (409, "approval_not_yours")
    assert "approve" in desk.actions(second)

    assert desk(second, "approve") == (200, "approved")
    assert desk(callers["editor"], "publish") == (200, "published")

    # The next edition is counted from the publication on: who wrote before it may approve.
    desk.change(second, title="Ketiga")
    assert desk(second, "submit") == (200, "in_review")
    assert desk(second, "approve") == (409, "approval_not_yours")
    assert desk(callers["editor"], "approve") == (200, "approved")


def test_what_was_taken_back_may_go_out_again_as_it_was_approved(app: Flask, callers: Callers) -> None:
    asked(app, four_eyes=True)
    desk = Desk(callers["author"], post())
    for caller, step in (("author", "submit"), ("central", "approve"), ("editor", "publish")):
        desk(callers[caller], step)

    assert desk(callers["editor"], "unpublish", {"kind": "gone", "explanation": "Ditarik."}) == (200, "unpublished")
    assert desk(callers["editor"], "publish", NEWS) == (200, "published")
    desk.change(callers["author"], title="Lain")
    assert desk(callers["editor"], "publish") == (409, "approval_needed")


def test_a_category_asks_for_four_eyes_too(app: Flask, callers: Callers) -> None:
    with app.app_context(), unit_of_work() as unit:
        unit.session.get_one(Category, "infrastruktur").four_eyes = True
    desk = Desk(callers["editor"], post(category="infrastruktur"))
    assert desk(callers["editor"], "publish") == (409, "approval_needed")
    answer = callers["editor"]("PATCH", desk.path, {"category": None}, match=desk.etag)
    assert "publish" in answer.json["data"]["allowed_actions"]
    answer = callers["editor"]("PATCH", desk.path, {"category": "infrastruktur"}, match=answer.headers["ETag"])
    assert "publish" not in answer.json["data"]["allowed_actions"]
    shown = callers["editor"]("GET", "posts").json["data"][0]
    assert "publish" not in shown["allowed_actions"]


def test_what_moderation_holds_needs_a_second_person_and_for_its_words_a_central_one(
    app: Flask, callers: Callers, second: Caller
) -> None:
    desk = Desk(callers["editor"], post())
    held(app, desk.path, "unknown_domain")
    assert desk(callers["editor"], "publish") == (409, "held")
    desk(callers["editor"], "submit")
    assert desk(callers["editor"], "approve") == (409, "approval_not_yours")
    assert desk(second, "approve") == (200, "approved")
    held(app, desk.path, "lexicon", "unknown_domain")
    assert desk(callers["editor"], "publish") == (409, "held")
    assert desk(second, "return", {"comment": "Redaksi kota."}) == (200, "returned")
    desk(callers["editor"], "submit")
    assert desk(second, "approve") == (409, "approval_not_yours")
    assert desk(callers["central"], "approve") == (200, "approved")
    assert desk(callers["editor"], "publish") == (200, "published")


def test_nobody_approves_on_the_city_s_channel_but_central_editors(callers: Callers) -> None:
    desk = Desk(callers["author"], post(channel="kota"))
    desk(callers["author"], "submit")
    assert desk(callers["editor"], "approve") == (403, "forbidden")
    assert desk(callers["central"], "approve") == (200, "approved")


def test_discarding_returns_to_what_readers_have_and_they_notice_nothing(app: Flask, callers: Callers) -> None:
    desk = Desk(callers["author"], post())
    assert desk(callers["editor"], "discard") == (409, "wrong_state")
    desk(callers["editor"], "publish")
    before = live(app, desk.path.split("/")[1])
    desk.change(callers["author"], title="Lain", tags=["x"])
    desk.change(callers["author"], title="Lain lagi")

    assert "discard" in desk.actions(callers["author"])
    assert desk(callers["author"], "discard") == (200, "published")

    shown = callers["author"]("GET", desk.path).json["data"]
    assert (shown["edition"], shown["published_edition"], shown["title"]) == (1, 1, "Penutupan Jalan MT Haryono")
    assert shown["slug"] == "penutupan-jalan-mt-haryono"
    assert live(app, desk.path.split("/")[1]) == before
    assert desk(callers["editor"], "publish") == (409, "nothing_to_publish")
    assert callers["author"]("GET", "posts").json["data"][0]["title"] == "Penutupan Jalan MT Haryono"
    desk.change(callers["author"], title="Keempat")
    assert callers["author"]("GET", desk.path).json["data"]["edition"] == 4
    assert desk(callers["editor"], "publish", NEWS) == (200, "published")


@pytest.mark.parametrize("kind", ["gone", "withdrawn"])
@pytest.mark.parametrize("is_returned", [False, True])
def test_the_draft_of_an_unpublished_item_can_be_discarded(callers: Callers, kind: str, *, is_returned: bool) -> None:
    desk = Desk(callers["author"], post())
    desk(callers["editor"], "publish")
    desk(callers["editor"], "unpublish", {"kind": kind, "explanation": "Ditarik."})
    desk.change(callers["author"], title="Lain")
    if is_returned:
        assert desk(callers["author"], "submit") == (200, "in_review")
        assert desk(callers["editor"], "return", {"comment": "Belum."}) == (200, "returned")
    assert desk(callers["author"], "discard") == (200, "unpublished")
    shown = callers["author"]("GET", desk.path).json["data"]
    assert (shown["title"], shown["unpublished_as"]) == ("Penutupan Jalan MT Haryono", kind)
    assert desk(callers["editor"], "publish", NEWS) == (200, "published")


def test_a_draft_discarded_after_its_item_was_withdrawn_leaves_it_withdrawn(callers: Callers) -> None:
    desk = Desk(callers["author"], post())
    desk(callers["editor"], "publish")
    desk.change(callers["author"], title="Lain")
    assert desk(callers["editor"], "unpublish", {"kind": "withdrawn", "explanation": "Ditarik."}) == (200, "draft")
    assert desk(callers["author"], "discard") == (200, "unpublished")
    assert desk(callers["editor"], "publish", NEWS) == (200, "published")
    desk.change(callers["author"], title="Lain")
    assert desk(callers["author"], "discard") == (200, "published")


def test_a_withdrawn_item_is_never_put_away_but_a_gone_one_comes_back_as_it_was(callers: Callers) -> None:
    desk = Desk(callers["author"], post())
    desk(callers["editor"], "publish")
    desk(callers["editor"], "unpublish", {"kind": "withdrawn", "explanation": "Ditarik."})
    desk.change(callers["author"], title="Lain")
    assert desk(callers["editor"], "archive") == (409, "still_published")
    desk(callers["editor"], "unpublish", {"kind": "gone", "explanation": "Ditarik."})
    for step in ("archive", "trash"):
        assert desk(callers["editor"], step)[0] == 200
    assert desk(callers["editor"], "restore") == (200, "draft")
    assert desk(callers["author"], "discard") == (200, "unpublished")


def test_agencies_and_categories_say_what_they_ask_for(callers: Callers) -> None:
    admin = callers["admin"]
    agency = admin("GET", "agencies/dpu")
    assert (agency.json["data"]["review"], agency.json["data"]["four_eyes"]) == ("agency", False)
    changed = admin("PATCH", "agencies/dpu", {"review": "central", "four_eyes": True}, match=agency.headers["ETag"])
    assert (changed.json["data"]["review"], changed.json["data"]["four_eyes"]) == ("central", True)
    refused = admin("PATCH", "agencies/dpu", {"review": "nobody"}, match=changed.headers["ETag"])
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/review")
    category = admin("PATCH", "categories/infrastruktur", {"four_eyes": True}, match='"v1"')
    assert category.json["data"]["four_eyes"] is True
    assert callers["editor"]("PATCH", "agencies/dpu", {"four_eyes": False}, match='"v2"').status_code == 403
