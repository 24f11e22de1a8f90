"""A new name rebuilds thousands of items: one message says so, and only who asks for it is told of each item."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from cms.changes.followers import follow_log
from cms.editorial.followers import foresee_rebuilding, rebuild_changed
from tests.agencies.administration import Caller
from tests.factories import add_published_post
from tests.webhooks.receivers import receiving
from tests.webhooks.sending import endpoint

POSTS = 3


def test_items_that_a_new_name_rebuilds_are_told_where_they_are_asked_for(
    app: Flask, admin: Caller, webhooks: str, sending: Callable[..., None], moment: Callable[[timedelta], None]
) -> None:
    for _ in range(POSTS):
        add_published_post(app)
    moment(timedelta(seconds=1))
    with receiving() as usual, receiving() as each, receiving() as both:
        endpoint(app, admin, webhooks, usual)
        endpoint(app, admin, webhooks, each, actions=["rebuilt"])
        endpoint(app, admin, webhooks, both, actions=["rebuilt", "changed"])
        version = admin("GET", "agencies/dpu").headers["ETag"]
        assert admin("PATCH", "agencies/dpu", {"name": "Dinas PU"}, match=version).status_code == 200
        with app.app_context():
            while follow_log("presenter", rebuild_changed, foresee=foresee_rebuilding):
                pass
        sending(usual, each, both)

    assert usual.types() == ["reference.changed"]
    assert each.types() == ["post.rebuilt"] * POSTS
    assert sorted(both.types()) == [*["post.rebuilt"] * POSTS, "reference.changed"]
    assert {request.message["data"]["cause"] for request in each.received} == {"rebuild"}
