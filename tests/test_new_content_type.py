"""A content type is its own description: a third one, made here, is written, published, listed, read and withdrawn."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from marshmallow import fields
from sqlalchemy import text

from cms.application import create_app
from cms.changes.heads import columns_of
from cms.changes.log import read_after
from cms.content_types import CONTENT_TYPES
from cms.core import clock
from cms.core.db import db
from cms.core.http.fields import Choice, Slug, Text, Words
from cms.core.http.schemas import StrictSchema
from cms.core.permissions import Role
from cms.editorial.attribution import credit_line
from cms.editorial.content_types import Content, ContentType, EditionToRender, needed
from cms.editorial.delivered_schemas import EMBEDS, ItemCardSchema
from cms.editorial.items.schemas import ContentQuerySchema, EditedSchema, RowSchema
from cms.editorial.registration import RegisteredType, check_types
from cms.editorial.resource import Resource
from cms.publishing.delivered import DeliveredType
from cms.publishing.linked_data import of_every_item
from cms.publishing.rendered_items import RenderedItem
from config import Settings
from tests.conftest import NOW
from tests.contract import Contract, ContractClient
from tests.database import own_database
from tests.factories import add_agencies, add_city
from tests.feeds.subscribers import FORMATS
from tests.people import Caller, People

LEVELS = ("info", "urgent")
DEFAULTS: dict[str, Any] = {
    "agency": None, "channel": None, "title": None, "slug": None, "level": None, "body": None,
    "body_format": "markdown", "language": "id", "tags": [],
}  # fmt: skip


def render_notice(edition: EditionToRender) -> RenderedItem:
    content = edition.content
    shown = {name: content[name] for name in ("title", "slug", "level", "channel", "tags", "language")}
    card = {"id": edition.item_id, "type": "notice", **shown, "agency": dict(edition.agency), **edition.times()}
    card["canonical_url"] = edition.canonical_url
    card["credit_line"] = credit_line(edition.agency["name"], content["language"], None)
    terms = {("level", content["level"]), ("language", content["language"]), ("channel", content["channel"])}
    return edition.rendered("notice", card, {}, frozenset(terms))


def missing_in_notice(content: Content, _body_text: str) -> list[Any]:
    return needed(content, "body")


class NoticeContentSchema(StrictSchema):
    agency = Slug()
    channel = Slug(allow_none=True)
    title = Text(max=200)
    slug = Slug(allow_none=True)
    level = Choice(LEVELS)
    body = Text(max=1000, lines=True, allow_none=True)
    body_format = Choice(("markdown", "html"), allow_none=True)
    language = Text(max=10, allow_none=True)
    tags = fields.List(Slug())


class NoticeCreateSchema(NoticeContentSchema):
    pass


class NoticeUpdateSchema(NoticeContentSchema):
    pass


class NoticeItemSchema(EditedSchema, NoticeContentSchema):
    type = fields.String()


class NoticeRowSchema(RowSchema):
    type = fields.String()
    level = fields.String()


class NoticeQuerySchema(ContentQuerySchema):
    level = Words(pattern="|".join(LEVELS), expected="levels")


class NoticeCardSchema(ItemCardSchema):
    type = fields.String()
    level = fields.String()


class NoticeSchema(NoticeCardSchema):
    body_html = fields.String()
    body_text = fields.String()
    embeds = EMBEDS
    change_history = fields.List(fields.Dict())


NOTICES = RegisteredType(
    resource=Resource(
        content_type=ContentType(
            name="notice",
            plural="notices",
            label="level",
            defaults=DEFAULTS,
            check=lambda _item_id, _content, _previous: [],
            missing=missing_in_notice,
            render=render_notice,
        ),
        create=NoticeCreateSchema,
        update=NoticeUpdateSchema,
        item=NoticeItemSchema,
        row=NoticeRowSchema,
        query=NoticeQuerySchema,
        delivered=DeliveredType(
            name="notice",
            topic="notices",
            card=NoticeCardSchema,
            full=NoticeSchema,
            filters={"level": Words(pattern="[a-z]+", expected="levels")},
            schemes=("channel", "level", "language"),
            includes=("agency", "channel"),
            about_list="Short and newest first.",
            about_item="Read one published notice.",
            linked_data=lambda item, around: {
                "@type": "CreativeWork",
                "name": item["title"],
                **of_every_item(item, around),
            },
        ),
    ),
    about="Short notices.",
)

TYPES = (*CONTENT_TYPES, NOTICES)


@pytest.fixture
def bare_app(environment: dict[str, str], migrated_database: str, tmp_path: Path) -> Iterator[Flask]:
    """An application with three content types on a migrated database that knows two of them."""
    with own_database(tmp_path, "new_type", migrated_database) as url, clock.frozen(NOW):
        app = create_app(Settings.from_environ({**environment, "DATABASE_URL": url}), TYPES)
        app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True)
        app.extensions["contract"] = Contract(app)
        app.test_client_class = ContractClient
        with app.app_context():
            app.extensions["simpul"].storage.mark("tests")
        yield app
        with app.app_context():
            app.extensions["simpul"].reader.close_connections()
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def notices_app(bare_app: Flask) -> Flask:
    """The same, with what the migration of the new type does."""
    position, moved_at, due_at = columns_of("notices")
    with bare_app.app_context(), db.engine.begin() as connection:
        for name, value in ((position, 0), (moved_at, 0), (due_at, clock.micros(clock.NEVER))):
            connection.execute(text(f"ALTER TABLE change_head ADD COLUMN {name} BIGINT NOT NULL DEFAULT {value}"))
    add_city(bare_app)
    return bare_app


@pytest.fixture
def editor(notices_app: Flask) -> Caller:
    return People(notices_app, notices_app.test_client()).person(Role.CENTRAL_EDITOR)


@pytest.fixture
def site(notices_app: Flask) -> Caller:
    return People(notices_app, notices_app.test_client()).website()


def published(editor: Caller, **values: Any) -> str:
    content = {"agency": "dpu", "title": "Air mati", "level": "urgent", "body": "Air mati sampai sore.", **values}
    made = editor.post("/manage/v1/notices", content)
    assert made.status_code == 201, made.json
    path = f"/manage/v1/notices/{made.json['data']['id']}"
    assert editor("POST", f"{path}/publish", made.headers["ETag"], json={}).status_code == 200
    return path.rpartition("/")[2]


def test_an_item_of_a_new_type_goes_from_its_author_to_readers_and_back(
    notices_app: Flask, editor: Caller, site: Caller
) -> None:
    item_id = published(editor)
    path, address = f"/manage/v1/notices/{item_id}", f"/v1/notices/{item_id}"

    assert [row["id"] for row in site.get("/v1/notices?level=urgent").json["data"]] == [item_id]
    assert site.get("/v1/notices?level=info").json["data"] == []
    assert site.get(address).json["data"]["body_text"] == "Air mati sampai sore."
    assert [row["type"] for row in site.get(f"/v1/items?ids={item_id}").json["data"]] == ["notice"]
    found = site.get("/v1/resolve?type=notice&agency=dpu&slug=air-mati").json["data"]
    assert (found["status"], found["id"]) == ("live", item_id)

    gone = {"kind": "gone", "explanation": "Air sudah mengalir."}
    assert editor("POST", f"{path}/unpublish", editor.get(path).headers["ETag"], json=gone).status_code == 200
    answer = site.get(address)
    assert (answer.status_code, answer.json["explanation"]) == (410, "Air sudah mengalir.")
    assert site.get("/v1/notices").json["data"] == []
    with notices_app.app_context():
        lines = [line.action for line in read_after(0) if line.resource_type == "notice"]
    assert lines == ["notice.created", "notice.published", "notice.unpublished"]


def test_a_kept_list_of_a_new_type_ends_with_the_next_publication_of_its_own(editor: Caller, site: Caller) -> None:
    first = published(editor)
    tag = site.get("/v1/notices").headers["ETag"]
    assert site.get("/v1/notices", headers={"If-None-Match": tag}).status_code == 304
    posts = site.get("/v1/posts").headers["ETag"]

    second = published(editor, title="Air mengalir", level="info")

    assert {row["id"] for row in site.get("/v1/notices").json["data"]} == {first, second}
    assert site.get("/v1/posts", headers={"If-None-Match": posts}).status_code == 304


def test_what_is_scheduled_for_a_new_type_is_seen_by_the_clock(
    notices_app: Flask, editor: Caller, site: Caller
) -> None:
    content = {"agency": "dpu", "title": "Nanti", "level": "info", "body": "Besok."}
    made = editor.post("/manage/v1/notices", content)
    path = f"/manage/v1/notices/{made.json['data']['id']}/schedule"
    schedule = {"publish_at": clock.rfc3339(NOW + timedelta(hours=1))}
    assert editor("POST", path, made.headers["ETag"], json=schedule).status_code == 200
    assert site.get("/v1/notices").json["data"] == []

    with clock.frozen(NOW + timedelta(hours=2)):
        assert [row["title"] for row in site.get("/v1/notices").json["data"]] == ["Nanti"]


def test_everything_that_names_types_knows_the_new_one(notices_app: Flask, editor: Caller, site: Caller) -> None:
    item_id = published(editor)

    able = site.get("/v1/capabilities").json["data"]["types"]
    assert able["notice"]["filters"] == [
        "agency", "changed_after", "channel", "ids", "language", "level", "published_after", "published_before", "slug", "tag", "updated_after",
    ]  # fmt: skip
    release = {"title": "Rilis", "items": [{"type": "notice", "id": item_id}]}
    assert editor.post("/manage/v1/releases", release).status_code == 201
    auditor = People(notices_app, notices_app.test_client()).person(Role.AUDITOR)
    trail = auditor.get("/manage/v1/changes?action=notice.published").json["data"]
    assert [line["resource"]["id"] for line in trail] == [item_id]
    assert auditor.get("/manage/v1/changes?action=notice.reposted").status_code == 400


def test_feeds_sitemaps_and_linked_data_know_the_new_type(notices_app: Flask, editor: Caller, site: Caller) -> None:
    add_agencies(notices_app, "dlh", site_url="https://dlh.balikpapan.example")
    item_id = published(editor, agency="dlh")

    assert all(f"urn:uuid:{item_id}" in site.get(f"/v1/feeds/{each}?type=notice").text for each in FORMATS)
    assert site.get("/v1/feeds/rss?type=notice&kind=berita").status_code == 400
    (part,) = re.findall(r"/v1/sitemaps/dlh/[0-9]+\.xml", site.get("/v1/sitemap.xml").text)
    assert "https://dlh.balikpapan.example/air-mati" in site.get(part).text
    told = json.loads(site.get(f"/v1/notices/{item_id}?include=jsonld").json["data"]["jsonld"])
    assert (told["@type"], told["name"]) == ("CreativeWork", "Air mati")


def test_an_application_without_the_type_knows_nothing_of_it(app: Flask, people: People, city: None) -> None:
    assert people.website().get("/v1/notices").status_code == 404
    trail = people.person(Role.AUDITOR).get("/manage/v1/changes?type=notice")
    assert trail.status_code == 400


def test_a_process_says_which_columns_a_new_type_is_missing(bare_app: Flask) -> None:
    with bare_app.app_context():
        schema = bare_app.extensions["simpul"].schema

        assert not schema.look()

    assert "notices, notices_at, notices_due_at" in schema.fault
    assert bare_app.test_client().get("/v1/notices").status_code == 503


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"name": "post", "plural": "notices"}, "'post' names two things"),
        ({"name": "notice", "plural": "posts"}, "'posts' names two things"),
        ({"name": "agency", "plural": "notices"}, "'agency' names two things"),
        ({"name": "Notice", "plural": "notices"}, "'Notice' cannot name a content type"),
        ({"name": "notice", "plural": "a" * 21}, "cannot name a content type"),
    ],
)
def test_names_that_mean_two_things_are_refused_at_the_start(changed: dict[str, str], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        check_types((*CONTENT_TYPES, named(**changed)))


def test_a_type_whose_readers_know_it_under_another_name_is_refused() -> None:
    delivered = replace(NOTICES.delivered, topic="news")
    with pytest.raises(ValueError, match="another name for readers"):
        check_types((replace(NOTICES, resource=replace(NOTICES.resource, delivered=delivered)),))


def named(name: str, plural: str) -> RegisteredType:
    """The type with other names."""
    resource = NOTICES.resource
    content_type = replace(resource.content_type, name=name, plural=plural)
    return replace(
        NOTICES,
        resource=replace(
            resource, content_type=content_type, delivered=replace(resource.delivered, name=name, topic=plural)
        ),
    )
