"""A managed item tells its editors where people find what readers have of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from cms.core.permissions import Role
from cms.editorial.items.services import update_item
from cms.posts.content import POST
from cms.publishing.models import Standing
from tests.delivery.carrying import take_back
from tests.delivery.test_scheduled_reading import schedule
from tests.factories import CENTRAL, add_agencies, add_city, add_post, add_published_post, seen
from tests.people import People


def test_the_address_is_that_of_what_readers_have(
    app: Flask, people: People, moment: Callable[[timedelta], None]
) -> None:
    add_city(app)
    editor, site = people.person(Role.AGENCY_EDITOR, "dpu"), people.website()
    item = add_post(app)
    path = f"/manage/v1/posts/{item.id}"

    def told() -> str | None:
        address: str | None = editor.get(path).json["data"]["canonical_url"]
        return address

    assert told() is None
    schedule(app, item, timedelta(minutes=5))
    assert told() is None
    moment(timedelta(minutes=5))
    assert told() == site.get(f"/v1/posts/{item.id}").json["data"]["canonical_url"]
    take_back(app, item, Standing.WITHDRAWN, "Keliru.")
    assert told() is not None
    take_back(app, item, Standing.GONE, "Keliru.")
    assert told() is None


def test_a_draft_with_another_slug_does_not_move_it(app: Flask, people: People) -> None:
    add_city(app)
    add_agencies(app, "situs", site_url="https://situs.example")
    editor = people.person(Role.CENTRAL_EDITOR)
    item = add_published_post(app, agency="situs", slug="lama")
    path = f"/manage/v1/posts/{item.id}"
    assert editor.get(path).json["data"]["canonical_url"] == "https://situs.example/lama"

    with app.app_context():
        item = update_item(POST, CENTRAL, item.id, {"slug": "nama-baru"}, seen(item)).item
    assert editor.get(path).json["data"]["canonical_url"] == "https://situs.example/lama"
    published = editor.post(f"{path}/publish", {"update": "minor"}, match=item.version)
    assert published.json["data"]["canonical_url"] == "https://situs.example/nama-baru"
