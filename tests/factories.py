"""What tests need to exist, with honest defaults. Every function opens its own context, so call them outside of one.

Reference data are rows; content goes through the services, so that it is what a person would have made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask
from sqlalchemy import select

from cms.agencies.models import Agency, Area
from cms.consumers.keys import digest, hint, make_key
from cms.consumers.models import Consumer, DeliveryKey, Scope
from cms.core import clock
from cms.core.db import session, unit_of_work
from cms.core.ids import new_id
from cms.core.permissions import Actor, Role
from cms.core.versions import Expected
from cms.documents.content import DOCUMENT
from cms.editorial.content_types import ContentType
from cms.editorial.edit import Edited
from cms.editorial.items.models import Item
from cms.editorial.items.services import create_item, publish_item
from cms.editorial.publishing import Update
from cms.media.models import Image
from cms.offices.models import Office
from cms.posts.content import POST
from cms.taxonomy.models import Category, InformationKind

CITY = "kota"
AREAS = {"64": "provinsi", "64.71": "kota", "64.71.06": "kecamatan", "64.71.06.1005": "kelurahan"}
CENTRAL = Actor(new_id(), "Redaksi Kota", frozenset({(Role.CENTRAL_EDITOR, None)}))
"""A central editor without a row: services take their actor as a value."""
NEWS = {"change_note": "Isi diperbarui."}
"""What is said with a new edition of something that readers had before."""
UPDATED = Update(NEWS["change_note"])
"""The same for a schedule."""


def add_agencies(app: Flask, *slugs: str, **values: Any) -> None:
    """Agencies with these slugs, unless they exist."""
    with app.app_context(), unit_of_work() as unit:
        known = set(session.scalars(select(Agency.slug)))
        for slug in sorted(set(slugs) - known):
            unit.add(Agency(slug=slug, **{**_agency(slug), **values}))


def _agency(slug: str) -> dict[str, Any]:
    kind = "kota" if slug == CITY else "dinas"
    return {"name": f"Dinas {slug.title()}", "short_name": slug.upper(), "kind": kind, **_born()}


def add_areas(app: Flask, codes: Mapping[str, str] = AREAS) -> None:
    """Areas by code with their level; each lies in the one whose code it extends."""
    with app.app_context(), unit_of_work() as unit:
        for code, level in sorted(codes.items()):
            above = code.rpartition(".")[0] or None
            unit.add(Area(code=code, name=f"Wilayah {code}", level=level, parent_code=above))
            unit.session.flush()


def add_categories(app: Flask, *slugs: str) -> None:
    """Categories in use."""
    with app.app_context(), unit_of_work() as unit:
        unit.add(*(Category(slug=slug, name_id=slug.title(), name_en=slug.title(), **_born()) for slug in slugs))


def add_information_kinds(app: Flask, *codes: str, information_class: str = "berkala") -> None:
    """Kinds of public information of one class."""
    shared = {"information_class": information_class, "certainty": "found"}
    with app.app_context(), unit_of_work() as unit:
        unit.add(*(InformationKind(code=code, name_id=code, name_en=code, **shared) for code in codes))


def add_office(app: Flask, agency: str = "dpu", **values: Any) -> str:
    """An office of the agency; returns its id."""
    office = {"id": new_id(), "agency": agency, "name": "Kantor UPTD", "contact": {}, **_born(), **values}
    with app.app_context(), unit_of_work() as unit:
        unit.add(Office(**office))
    return str(office["id"])


def add_city(app: Flask) -> None:
    """The city's channel, two agencies, areas, a category and an information kind."""
    add_agencies(app, CITY, "dpu", "dishub")
    add_areas(app)
    add_categories(app, "infrastruktur")
    add_information_kinds(app, "BK-A")


def post_content(**values: Any) -> dict[str, Any]:
    """What an author of Dinas Pekerjaan Umum sends as a post."""
    return {
        "agency": "dpu",
        "kind": "pengumuman",
        "title": "Penutupan Jalan MT Haryono",
        "summary": "Jalan ditutup dua hari.",
        "body": "Jalan **MT Haryono** ditutup mulai pukul 08.00 Wita.\n\n- Hari Selasa\n- Hari Rabu",
        **values,
    }


def document_content(**values: Any) -> dict[str, Any]:
    """What an author of Dinas Pekerjaan Umum sends as a document that could be published."""
    return {
        "agency": "dpu",
        "title": "Rencana Kerja 2026",
        "summary": "Rencana kerja tahunan dinas.",
        "class": "berkala",
        "holder": "Sekretariat",
        "made_at": "2026-01",
        **values,
    }


def add_post(app: Flask, actor: Actor = CENTRAL, **values: Any) -> Item:
    """A draft post."""
    with app.app_context():
        return _create(POST, actor, post_content(**values)).item


def add_document(app: Flask, actor: Actor = CENTRAL, **values: Any) -> Item:
    """A draft document."""
    with app.app_context():
        return _create(DOCUMENT, actor, document_content(**values)).item


def add_published_post(app: Flask, actor: Actor = CENTRAL, **values: Any) -> Item:
    """A post that readers have."""
    with app.app_context():
        return _publish(POST, actor, _create(POST, actor, post_content(**values)))


def add_published_document(app: Flask, actor: Actor = CENTRAL, **values: Any) -> Item:
    """A document that readers have."""
    with app.app_context():
        return _publish(DOCUMENT, actor, _create(DOCUMENT, actor, document_content(**values)))


def _create(content_type: ContentType, actor: Actor, content: dict[str, Any]) -> Edited:
    return create_item(content_type, actor, content_type.completed(content))


def _publish(content_type: ContentType, actor: Actor, edited: Edited) -> Item:
    return publish_item(content_type, actor, edited.item.id, seen(edited.item)).item


def add_image(app: Flask, agency: str = "dpu", **values: Any) -> str:
    """An image of the library, as a row without bytes; returns its id. tests/media uploads real ones."""
    image_id = new_id()
    row = {
        "id": image_id, "agency": agency, "name": "jalan.jpg", "alt": "Jalan", "width": 1600, "height": 1200,
        "media_type": "image/jpeg", "bytes": 1, "sha256": image_id.replace("-", "") * 2,
        "source_sha256": image_id.replace("-", "") * 2, "uploaded_by": "Redaksi Kota", **_born(),
    }  # fmt: skip
    with app.app_context(), unit_of_work() as unit:
        unit.add(Image(**{**row, **values}))
    return image_id


def seen(item: Item) -> Expected:
    """The version of this item, as a caller who read it would name it."""
    return frozenset({item.version})


def add_consumer(app: Flask, agency: str = "dpu", **values: Any) -> str:
    """A registered website; returns its id."""
    contact = {"contact_name": "Pengelola Situs", "contact_email": "situs@balikpapan.example"}
    consumer = {"id": new_id(), "name": "Situs DPU", "kind": "website", "agency": agency, **contact, **_born()}
    with app.app_context(), unit_of_work() as unit:
        unit.add(Consumer(**{**consumer, **values}))
    return str(consumer["id"])


def add_key(
    app: Flask,
    consumer_id: str,
    *,
    scopes: Iterable[str] = tuple(Scope),
    agencies: Iterable[str] | None = None,
    **values: Any,
) -> tuple[str, str]:
    """A delivery key in force for a year: its id and the key itself.

    A plain row, so the log does not tell running processes of it: make keys before the first request, or use the service.
    """
    key, key_id, born = make_key(), new_id(), clock.now()
    row = {
        "id": key_id,
        "consumer_id": consumer_id,
        "digest": digest(key),
        "hint": hint(key),
        "label": "Uji",
        "scopes": sorted(map(str, scopes)),
        "agencies": None if agencies is None else sorted(agencies),
        "created_at": born,
        "expires_at": born.replace(year=born.year + 1),
    }
    with app.app_context(), unit_of_work() as unit:
        unit.add(DeliveryKey(**{**row, **values}))
    return key_id, key


def _born() -> dict[str, Any]:
    return {"created_at": clock.now(), "updated_at": clock.now()}
