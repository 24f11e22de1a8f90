"""Words of an image that items with four eyes show: one person proposes them, another one carries them out."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cms.agencies.models import Agency
from cms.changes.followers import follow_log
from cms.changes.models import Change
from cms.core.db import session, unit_of_work
from cms.core.permissions import Role
from cms.editorial.followers import rebuild_changed
from cms.taxonomy.models import Category
from tests.media.library import MEDIA, POSTS, fault, made, publish, uploaded
from tests.people import Caller, People

WORDS = {"caption": "Drainase selesai.", "credit": "Humas"}


@pytest.fixture
def second(app: Flask, client: FlaskClient, city: None) -> Caller:
    """Another editor of Dinas Pekerjaan Umum."""
    return People(app, client).person(Role.AGENCY_EDITOR, "dpu")


def ask_for(app: Flask, **values: Any) -> None:
    """What Dinas Pekerjaan Umum asks for before anything is published."""
    with app.app_context(), unit_of_work() as unit:
        for name, value in values.items():
            setattr(unit.session.get_one(Agency, "dpu"), name, value)


def act(caller: Caller, post: dict[str, Any], verb: str, body: dict[str, Any] | None = None) -> None:
    path = f"{POSTS}/{post['id']}"
    answer = caller("POST", f"{path}/{verb}", match=caller.get(path).headers["ETag"], json=body or {})
    assert answer.status_code == 200, answer.json


def approved(author: Caller, approver: Caller, image: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A post with the image that another person has approved."""
    post = made(author, cover=image["id"], **values)
    act(author, post, "submit")
    act(approver, post, "approve")
    return post


def change(caller: Caller, image: dict[str, Any], changes: dict[str, Any]) -> Any:
    path = f"{MEDIA}/{image['id']}"
    answer = caller("PATCH", path, match=caller.get(path).headers["ETag"], json=changes)
    assert answer.status_code == 200, answer.json
    return answer.json


def shown(app: Flask, site: Caller, post: dict[str, Any]) -> dict[str, Any]:
    with app.app_context():
        while follow_log("presenter", rebuild_changed):
            pass
    cover = site.get(f"/v1/posts/{post['id']}").json["data"]["cover"]  # type: ignore[index]
    return {name: cover[name] for name in ("alt", "caption", "credit")}


def actions(app: Flask, image: dict[str, Any]) -> list[str]:
    with app.app_context():
        lines = select(Change.action).where(Change.resource_id == image["id"]).order_by(Change.sequence)
        return list(session.scalars(lines))


def test_what_one_person_proposes_another_one_carries_out(
    app: Flask, author: Caller, editor: Caller, second: Caller, site: Caller
) -> None:
    ask_for(app, four_eyes=True)
    image = uploaded(author)
    post = approved(author, editor, image)
    act(editor, post, "publish")
    before = shown(app, site, post)

    proposed = change(editor, image, WORDS)

    assert [warning["code"] for warning in proposed["meta"]["warnings"]] == ["second_person_needed"]
    assert (proposed["data"]["caption"], proposed["data"]["credit"]) == (None, None)
    assert proposed["data"]["proposed"]["changes"] == WORDS
    assert proposed["data"]["proposed"]["by"] == {"id": editor.actor.id, "name": editor.actor.label}
    assert [row["id"] for row in second.get(f"{MEDIA}?proposed=true").json["data"]] == [image["id"]]  # type: ignore[index]
    # Saying it twice is not a second person, and another text is another proposal.
    assert change(editor, image, WORDS)["data"]["proposed"] is not None
    other = change(second, image, {"caption": "Lain."})
    assert other["data"]["proposed"]["by"]["id"] == second.actor.id
    assert change(editor, image, WORDS)["data"]["proposed"]["by"]["id"] == editor.actor.id
    assert shown(app, site, post) == before

    done = change(second, image, WORDS)

    assert (done["data"]["caption"], done["data"]["proposed"], done["meta"].get("warnings")) == (
        WORDS["caption"],
        None,
        None,
    )
    assert shown(app, site, post) == {**before, **WORDS}
    assert second.get(f"{MEDIA}?proposed=true").json["data"] == []  # type: ignore[index]
    assert actions(app, image) == ["media.created", *["media.proposed"] * 3, "media.updated"]


def test_a_proposal_is_taken_back_with_the_present_words(
    app: Flask, author: Caller, editor: Caller, second: Caller
) -> None:
    ask_for(app, four_eyes=True)
    image = uploaded(author)
    approved(author, editor, image)
    change(editor, image, WORDS)

    taken = change(second, image, {"caption": None})

    assert (taken["data"]["proposed"], taken["data"]["caption"]) == (None, None)
    assert actions(app, image)[-1] == "media.proposal_dropped"
    # What is cut is no word: it needs nobody, and a proposal stays beside it.
    change(editor, image, WORDS)
    moved = change(second, image, {"focal_point": {"x": 10}})
    assert (moved["data"]["focal_point"]["x"], moved["data"]["proposed"]["changes"]) == (10, WORDS)
    both = change(second, image, {**WORDS, "focal_point": {"x": 20}})
    assert (both["data"]["caption"], both["data"]["focal_point"]["x"]) == (WORDS["caption"], 20)


def test_an_edition_that_was_approved_or_is_looked_at_keeps_the_words_of_its_images(
    app: Flask, author: Caller, editor: Caller, second: Caller
) -> None:
    ask_for(app, four_eyes=True)
    image = uploaded(author)
    post = made(author, cover=image["id"])
    path = f"{MEDIA}/{image['id']}"
    assert author("PATCH", path, match=1, json={"alt": "Draf"}).status_code == 200
    act(author, post, "submit")
    assert author("PATCH", path, match=2, json={"alt": "Diam-diam"}).status_code == 403
    act(editor, post, "approve")
    assert author("PATCH", path, match=2, json={"alt": "Diam-diam"}).status_code == 403
    assert change(editor, image, {"alt": "Sendiri"})["data"]["alt"] == "Draf"
    act(editor, post, "publish")
    act(editor, post, "unpublish", {"kind": "gone", "explanation": "Ditarik."})
    # The approval still counts for this edition.
    assert change(editor, image, {"alt": "Sendiri"})["data"]["alt"] == "Draf"
    assert change(second, image, {"alt": "Sendiri"})["data"]["alt"] == "Sendiri"


def test_where_diskominfo_reviews_only_a_central_editor_carries_out(
    app: Flask, author: Caller, editor: Caller, central: Caller
) -> None:
    ask_for(app, review="central")
    image = uploaded(author)
    post = made(author, cover=image["id"])
    assert publish(central, post).status_code == 200

    assert change(editor, image, WORDS)["data"]["proposed"]["changes"] == WORDS
    assert change(central, image, WORDS)["data"]["caption"] == WORDS["caption"]
    assert change(central, image, {"caption": "Lain."})["data"]["caption"] == "Lain."


def test_the_category_that_readers_have_counts(app: Flask, author: Caller, editor: Caller, second: Caller) -> None:
    with app.app_context(), unit_of_work() as unit:
        unit.session.get_one(Category, "infrastruktur").four_eyes = True
    image = uploaded(author)
    post = approved(author, editor, image, category="infrastruktur")
    act(editor, post, "publish")
    path = f"{POSTS}/{post['id']}"
    refiled = editor("PATCH", path, match=editor.get(path).headers["ETag"], json={"category": None})
    assert refiled.status_code == 200

    assert change(editor, image, WORDS)["data"]["caption"] is None
    assert change(second, image, WORDS)["data"]["caption"] == WORDS["caption"]


def test_words_are_not_put_together_piece_by_piece(author: Caller) -> None:
    image = uploaded(author, alt="Daftar situs slot", caption="Jalan")
    path = f"{MEDIA}/{image['id']}"

    refused = author("PATCH", path, match=1, json={"credit": "gacor maxwin deposit pulsa"})

    assert fault(refused) == ("/credit", "suspicious_words")
    assert author("PATCH", path, match=1, json={"credit": "Humas"}).status_code == 200


def test_what_was_there_before_stays_in_nobodys_way(author: Caller) -> None:
    """Somebody has accepted it with an item, or nobody ever will."""
    image = uploaded(author, caption="Sumber: tidak-dikenal.com")
    path = f"{MEDIA}/{image['id']}"

    assert author("PATCH", path, match=1, json={"credit": "Humas"}).status_code == 200
    refused = author("PATCH", path, match=2, json={"caption": "Kunjungi tidak-dikenal.com"})
    assert fault(refused) == ("/caption", "suspicious_words")
    assert author("PATCH", path, match=2, json={"caption": "Drainase"}).status_code == 200


@pytest.mark.usefixtures("city")
def test_where_nobody_asks_for_a_second_person_one_is_enough(app: Flask, author: Caller, editor: Caller) -> None:
    image = uploaded(author)
    assert publish(editor, made(author, cover=image["id"])).status_code == 200
    assert change(editor, image, WORDS)["data"]["caption"] == WORDS["caption"]
