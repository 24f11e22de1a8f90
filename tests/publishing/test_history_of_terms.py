"""What a publication was found by, and who carried it, can be told for every position of the log, while hot tables keep only the present."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import func, select

from cms.changes.log import read_after
from cms.core.db import session
from cms.editorial.reposts.services import end_item_repost, repost_item
from cms.posts.content import POST
from cms.publishing.models import EndedRepost, Publication, PublicationTerm, Repost, Standing
from tests.delivery.carrying import edit, take_back
from tests.factories import CENTRAL, add_published_post

pytestmark = pytest.mark.usefixtures("city")


def newest() -> int:
    return read_after(0)[-1].sequence


def terms_at(item_id: str, sequence: int) -> set[tuple[str, str]]:
    """What readers found the item by after this line; empty when they did not have it."""
    row = session.scalar(
        select(Publication.terms_json).where(
            Publication.item_id == item_id,
            Publication.sequence <= sequence,
            func.coalesce(Publication.superseded_sequence, sequence + 1) > sequence,
        )
    )
    return {(scheme, term) for scheme, term, _note in json.loads(row or "[]")}


def test_what_left_a_filter_can_be_told_at_every_position(app: Flask) -> None:
    item = add_published_post(app, tags=["banjir"])
    positions = {}
    with app.app_context():
        positions["first"] = newest()
    edit(app, item, tags=["jalan"])
    with app.app_context():
        positions["retagged"] = newest()
        repost_item(POST, CENTRAL, item.id, "dishub", comment="Simak.")
        positions["carried"] = newest()
        end_item_repost(POST, CENTRAL, item.id, "dishub")
        positions["ended"] = newest()
    take_back(app, item, Standing.GONE, "Selesai.")

    with app.app_context():
        positions["gone"] = newest()
        found = {name: terms_at(item.id, at) for name, at in positions.items()}
        assert ("tag", "banjir") in found["first"]
        assert not {("tag", "banjir"), ("channel", "dishub")} & found["retagged"]
        assert found["carried"] - found["retagged"] == {("channel", "dishub")}
        assert found["ended"] == found["retagged"]
        assert found["gone"] == set()
        # The rows that lists read are gone with what they belonged to.
        assert session.scalar(select(func.count()).select_from(PublicationTerm)) == 0


def test_an_ended_repost_stays_with_the_line_that_ended_it(app: Flask) -> None:
    item = add_published_post(app)
    with app.app_context():
        ended = []
        for comment in ("Sekali.", "Dua kali."):
            repost_item(POST, CENTRAL, item.id, "dishub", comment=comment)
            end_item_repost(POST, CENTRAL, item.id, "dishub")
            (line,) = read_after(newest() - 1)
            assert line.action == "post.repost_ended"
            ended.append((comment, line.sequence))
        rows = session.execute(select(EndedRepost.comment, EndedRepost.ended_sequence).order_by(EndedRepost.id)).all()
        assert [tuple(row) for row in rows] == ended
        assert session.scalar(select(func.count()).select_from(Repost)) == 0
