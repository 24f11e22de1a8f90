"""The callers of the access matrix, and the things that its requests are about, made anew for every request."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cms.consumers.keys import make_key
from cms.consumers.models import Scope
from cms.core.clock import now
from cms.core.db import db, unit_of_work
from cms.core.permissions import Role
from cms.documents.content import DOCUMENT
from cms.editorial.comments.services import add_comment, resolve_comment
from cms.editorial.items.models import Item
from cms.editorial.items.queries import get_edition
from cms.editorial.items.services import publish_item, submit_item, update_item
from cms.editorial.personal_data.standing import open_findings
from cms.editorial.releases.services import create_release
from cms.editorial.reposts.services import repost_item
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item
from cms.editorial.trash.services import archive_item, trash_item
from cms.erasures.services import ErasureRequest, confirm_erasure, request_erasure
from cms.posts.content import POST
from cms.publishing.models import LegacyAddress
from cms.webhooks.services.endpoints import add_webhook
from tests.conftest import filled_tables
from tests.documents.samples import PDF
from tests.factories import (
    CENTRAL,
    add_agencies,
    add_categories,
    add_city,
    add_consumer,
    add_document,
    add_key,
    add_office,
    add_post,
    add_published_post,
    seen,
)
from tests.media.library import uploaded
from tests.media.pictures import jpeg
from tests.people import Caller, People

# Not part of what a refused request must leave alone: attempts are counted because they were refused.
COUNTERS = {"sign_in_buckets"}
PEOPLE = (
    "stranger", "author", "editor", "elsewhere", "central", "auditor", "admin", "pelaksana", "utama", "atasan",
)  # fmt: skip
WEBSITES = ("other_scope", "other_agency", "website")
NOBODIES = ("anonymous", "garbage", "unknown_key")
TYPES = {"post": POST, "document": DOCUMENT}
PUT_AWAY = {"archived": archive_item, "trashed": trash_item}


@dataclass(frozen=True)
class Sent:
    """What a request sends beside its method: address, If-Match and the arguments of the test client."""

    path: str
    match: int | None = None
    arguments: dict[str, Any] = field(default_factory=dict)


Ask = Callable[["World", str], Sent]
"""Makes what a request is about, and the request that the caller of this name sends."""


class World:
    """A city with people of every role."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        add_city(app)
        add_agencies(app, "situs", site_url="https://situs.balikpapan.example")
        self.app, self.client, self.people = app, client, People(app, client)
        self.callers: dict[str, Caller] = {
            "stranger": self.people.stranger(),
            "author": self.people.person(Role.AUTHOR, "dpu"),
            "editor": self.people.person(Role.AGENCY_EDITOR, "dpu"),
            "elsewhere": self.people.person(Role.AGENCY_EDITOR, "dishub"),
            "central": self.people.person(Role.CENTRAL_EDITOR),
            "auditor": self.people.person(Role.AUDITOR),
            "admin": self.people.person(Role.ADMIN),
            "pelaksana": self.people.person(Role.PPID_PELAKSANA, "dpu"),
            "utama": self.people.person(Role.PPID_UTAMA),
            "atasan": self.people.person(Role.ATASAN_PPID),
            "website": self.people.website(),
            "other_agency": self.people.website(agencies=["dishub"]),
            "garbage": Caller(client, "not.a.token"),
            "unknown_key": Caller(client, make_key()),
        }
        self._made = 0

    def send(self, name: str, verb: str, sent: Sent, scope: str | None = None) -> TestResponse:
        """Send the request as the caller of this name; `scope` is what the key of `other_scope` must not have."""
        if name == "anonymous":
            match = {} if sent.match is None else {"If-Match": f'"v{sent.match}"'}
            headers = {**match, **sent.arguments.get("headers", {})}
            return self.client.open(sent.path, method=verb, **{**sent.arguments, "headers": headers})
        return self.callers[name](verb, sent.path, match=sent.match, **sent.arguments)

    def without_scope(self, scope: str | None) -> None:
        """Make `other_scope` a website whose key has every scope but this one."""
        self.callers["other_scope"] = self.people.website(scopes=[each for each in Scope if each != scope])

    def number(self) -> int:
        """A number that was not given before."""
        self._made += 1
        return self._made

    def state(self) -> dict[str, Any]:
        """Every row of every table, as the driver gives it, and every stored file."""
        with self.app.app_context(), db.engine.connect() as connection:
            names = [table.name for table in filled_tables(connection) if table.name not in COUNTERS]
            # The driver's own cursor: SQLAlchemy would look through the columns of each result first, here a million times.
            cursor = connection.connection.cursor()
            rows = {name: sorted(cursor.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in names}
            cursor.close()
        folder = urlsplit(self.app.extensions["simpul"].settings.storage_url).path
        files = sorted(str(Path(place, name)) for place, _folders, names in os.walk(folder) for name in names)
        return {**rows, "files": files}

    # --- what requests are about ---

    def agency_with_site(self) -> str:
        """An agency with a website, and a published post on it."""
        add_published_post(self.app, agency="situs", title=f"Judul {self.number()}")
        return "situs"

    def old_address(self) -> str:
        """An address that a published item had elsewhere."""
        address, item = f"https://lama.example/{self.number()}", self.item("post", "published")
        with self.app.app_context(), unit_of_work() as unit:
            unit.add(LegacyAddress(key=address.removeprefix("https://"), url=address, item_id=item.id))
        return address

    def item(self, kind: str, state: str = "draft") -> Item:
        """An item of Dinas Pekerjaan Umum, written by `author`."""
        add = add_post if kind == "post" else add_document
        item = add(self.app, self.callers["author"].actor, title=f"Judul {self.number()}")
        central = self.callers["central"].actor
        with self.app.app_context():
            if state in {"in_review", "approved"}:
                item = submit_item(TYPES[kind], central, item.id, seen(item)).item
            if state == "scheduled":
                schedule = Schedule(now() + timedelta(days=1), None, "Asia/Makassar")
                item = schedule_item(TYPES[kind], central, item.id, seen(item), schedule).item
            if state in PUT_AWAY:
                return PUT_AWAY[state](TYPES[kind], self.callers["author"].actor, item.id, seen(item)).item
            if state in {"published", "reposted", "changed"}:
                item = publish_item(TYPES[kind], central, item.id, seen(item)).item
            if state == "changed":
                return update_item(TYPES[kind], central, item.id, {"title": f"{item.title} lagi"}, seen(item)).item
            if state == "reposted":
                repost_item(TYPES[kind], central, item.id, "dishub")
        return item

    def item_with_personal_data(self, kind: str) -> tuple[str, int, list[str]]:
        """Id and version of a draft with a NIK in its summary, and the ids of what was found."""
        add = add_post if kind == "post" else add_document
        item = add(
            self.app, self.callers["author"].actor, title=f"Judul {self.number()}", summary="NIK 6471014502900003"
        )
        with self.app.app_context():
            found = open_findings(item, get_edition(item))
        return item.id, item.version, [each["id"] for each in found]

    def image(self, **values: Any) -> dict[str, Any]:
        """An image of Dinas Pekerjaan Umum, uploaded by `author`."""
        number = self.number()
        return uploaded(self.callers["author"], jpeg(64 + number, 48), f"{number}.jpg", **values)

    def shown_image(self) -> str:
        """The id of an image that a published post shows."""
        image = self.image()
        post = add_post(self.app, self.callers["central"].actor, title=f"Judul {self.number()}", cover=image["id"])
        with self.app.app_context():
            publish_item(POST, self.callers["central"].actor, post.id, seen(post))
        return str(image["id"])

    def release(self) -> str:
        """The id of a release of two drafts."""
        items = [(kind, self.item(kind).id) for kind in ("post", "document")]
        with self.app.app_context():
            return create_release(self.callers["editor"].actor, "Peluncuran", items).id

    def comment(self, kind: str, state: str = "open") -> tuple[str, str]:
        """Ids of an item and of a comment on it, by `editor`."""
        item, editor = self.item(kind), self.callers["editor"].actor
        with self.app.app_context():
            comment = add_comment(TYPES[kind], editor, item.id, "Mohon cek tanggalnya.", "/title")
            if state == "resolved":
                resolve_comment(TYPES[kind], editor, item.id, comment.id)
        return item.id, comment.id

    def previewed_picture(self) -> str:
        """The address of a picture of a draft, as the draft's preview shows it."""
        author, cover = self.callers["author"], self.image()["id"]
        draft = add_post(self.app, author.actor, title=f"Judul {self.number()}", cover=cover)
        made = author("POST", f"/manage/v1/posts/{draft.id}/previews", json={})
        shown = self.client.get(urlsplit(made.json["data"]["content_url"]).path)  # type: ignore[index]
        address: str = shown.json["data"]["cover"]["renditions"]["card"]["webp"]  # type: ignore[index]
        return address

    def preview(self, kind: str) -> tuple[str, str, str]:
        """Ids of an item and of a preview link of it, and the path where the link leads."""
        item = self.item(kind)
        made = self.callers["author"]("POST", f"/manage/v1/{kind}s/{item.id}/previews", json={})
        assert made.status_code == 201, made.json
        data = made.json["data"]  # type: ignore[index]
        return item.id, data["id"], urlsplit(data["url"]).path

    def document_with_file(self, state: str = "draft") -> tuple[str, str, int]:
        """Ids of a document and its file, and the version of the document."""
        item = self.item("document")
        central = self.callers["central"]
        data = {"file": (BytesIO(PDF), f"renja-{self.number()}.pdf")}
        added = central("POST", f"/manage/v1/documents/{item.id}/files", data=data)
        assert added.status_code == 201, added.json
        version = item.version + 1
        if state == "published":
            done = central("POST", f"/manage/v1/documents/{item.id}/publish", match=version, json={})
            assert done.status_code == 200, done.json
        return item.id, added.json["data"]["id"], version  # type: ignore[index]

    def erasure(self, state: str = "requested") -> str:
        """The id of an order to erase a published post, given by somebody else than the callers."""
        post = self.item("post", "published")
        wanted = ErasureRequest("Memuat data pribadi.", "UU 27/2022")
        with self.app.app_context():
            made = request_erasure(CENTRAL, POST, post.id, wanted).erasure
            if state == "confirmed":
                confirm_erasure(self.callers["utama"].actor, made.id)
        return made.id

    def person(self) -> str:
        """The id of somebody; also that of his session."""
        return str(self.people.stranger().actor.id)

    def agency(self) -> str:
        """The slug of a new agency."""
        slug = f"dinas-{self.number()}"
        add_agencies(self.app, slug)
        return slug

    def office(self) -> str:
        """The id of a new office of Dinas Pekerjaan Umum."""
        return add_office(self.app, name=f"Kantor {self.number()}")

    def category(self) -> str:
        """The slug of a new category."""
        slug = f"rubrik-{self.number()}"
        add_categories(self.app, slug)
        return slug

    def consumer(self) -> str:
        """The id of a new website."""
        return add_consumer(self.app)

    def webhook(self) -> tuple[str, str]:
        """Ids of a new website and of an endpoint of it."""
        consumer = self.consumer()
        with self.app.app_context():
            added = add_webhook(self.callers["admin"].actor, consumer, {"url": "https://situs.example/hook"})
        return consumer, added.webhook.id

    def key(self) -> tuple[str, str]:
        """Ids of a new website and of its key."""
        consumer = self.consumer()
        return consumer, add_key(self.app, consumer)[0]
