"""A rollback also undoes what somebody said about images, and brings back those that he or she deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from cms.changes.followers import follow_log
from cms.changes.models import Change
from cms.core.db import session
from cms.editorial.followers import rebuild_changed
from tests.media.library import MEDIA, upload, uploaded, work
from tests.media.pictures import jpeg
from tests.moderation.rollbacks import LATER, counts, edit, make, publish, roll_back
from tests.people import Caller


def change(caller: Caller, image: dict[str, Any], **changes: Any) -> None:
    path = f"{MEDIA}/{image['id']}"
    answer = caller("PATCH", path, match=caller.get(path).headers["ETag"], json=changes)
    assert answer.status_code == 200, answer.json


def said(caller: Caller, image: dict[str, Any]) -> dict[str, Any]:
    data = caller.get(f"{MEDIA}/{image['id']}").json["data"]
    return {name: data[name] for name in ("alt", "caption", "credit", "focal_point")}


def test_what_was_said_before_is_said_again(
    app: Flask,
    editor: Caller,
    colleague: Caller,
    central: Caller,
    site: Caller,
    moment: Callable[[timedelta], None],
) -> None:
    image = uploaded(colleague, caption="Drainase", focal_point='{"x": 20}')
    post = make(editor, cover=image["id"])
    publish(editor, post)
    good = said(central, image)
    moment(LATER)
    change(editor, image, alt="Rusak", caption=None, focal_point={"x": 90})
    change(editor, image, credit="Rusak juga")

    done = roll_back(central, editor)

    assert counts(done) == {"reverted": 1}
    assert said(central, image) == good
    with app.app_context():
        while follow_log("presenter", rebuild_changed):
            pass
        lines = select(Change).where(Change.resource_id == image["id"]).order_by(Change.sequence.desc())
        last = session.scalars(lines).all()[0]
        assert (last.action, last.actor_id) == ("media.updated", central.actor.id)
        assert last.facts["cause"] == {"kind": "rollback", "id": done["id"]}
    assert site.get(f"/v1/posts/{post}").json["data"]["cover"]["alt"] == good["alt"]
    assert counts(roll_back(central, editor)) == {"unchanged": 1}


def test_what_a_colleague_said_since_stays_and_a_proposal_goes(
    editor: Caller, colleague: Caller, central: Caller, moment: Callable[[timedelta], None]
) -> None:
    image, other = uploaded(colleague), uploaded(colleague, jpeg(shade=7))
    moment(LATER)
    change(editor, image, caption="Rusak")
    change(colleague, image, caption="Diperbaiki")
    change(editor, other, caption="Rusak")

    assert counts(roll_back(central, editor)) == {"reverted": 1, "unchanged": 1}

    assert said(central, image)["caption"] == "Diperbaiki"
    assert said(central, other)["caption"] is None


def test_a_deleted_image_is_back_before_the_items_that_showed_it(
    app: Flask,
    editor: Caller,
    colleague: Caller,
    central: Caller,
    site: Caller,
    moment: Callable[[timedelta], None],
) -> None:
    """Else an attacker could keep an item from being restored by deleting its picture."""
    image = uploaded(colleague)
    work(app)
    post = make(editor, title="Baik", cover=image["id"])
    publish(editor, post)
    moment(LATER)
    edit(editor, post, title="Rusak", cover=None)
    publish(editor, post)
    path = f"{MEDIA}/{image['id']}"
    assert editor("DELETE", path, match=editor.get(path).headers["ETag"]).status_code == 204
    assert central.get(path).status_code == 404

    assert counts(roll_back(central, editor)) == {"restored": 1, "reverted": 1}

    data = site.get(f"/v1/posts/{post}").json["data"]
    assert (data["title"], data["cover"]["id"]) == ("Baik", image["id"])
    assert central.get(path).json["data"]["state"] == "waiting"
    work(app)
    assert central.get(path).json["data"]["state"] == "ready"


def test_uploading_a_deleted_picture_again_brings_it_back(
    editor: Caller, colleague: Caller, central: Caller, moment: Callable[[timedelta], None]
) -> None:
    image = uploaded(colleague)
    moment(LATER)
    assert editor("DELETE", f"{MEDIA}/{image['id']}", match=1).status_code == 204

    again = upload(colleague, alt="Lain")

    assert (again.status_code, again.json["data"]["id"], again.json["data"]["alt"]) == (201, image["id"], "Lain")
    assert "warnings" not in again.json["meta"]
    assert counts(roll_back(central, editor)) == {"unchanged": 1}
    assert said(central, image)["alt"] == "Lain"


def test_only_in_the_agency_and_since_the_moment(
    editor: Caller, colleague: Caller, central: Caller, moment: Callable[[timedelta], None]
) -> None:
    image = uploaded(colleague)
    change(editor, image, caption="Sebelum")
    moment(LATER)
    change(editor, image, caption="Rusak")

    assert counts(roll_back(central, editor, agency="dishub")) == {}
    assert counts(roll_back(central, editor, agency="dpu")) == {"reverted": 1}
    assert said(central, image)["caption"] == "Sebelum"
