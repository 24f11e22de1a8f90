"""Fill an empty database with the posts of bench.dataset, and with drafts that wait to be published.

Published posts go through the content type's presenter and `publishing.publish`, many in one unit of work: what readers
get is what a publish over HTTP would have made. Drafts are made by the service, one by one.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, cast

from flask_migrate import upgrade
from sqlalchemy import Engine, text

from bench.databases import Database
from bench.dataset import AREAS, CARRIED, CARRIER, CATEGORIES, agencies, posts
from bench.scenarios import Draft, Loaded
from cms.accounts.passwords import generate_password
from cms.accounts.services.people import create_user
from cms.agencies.models import Agency, Area
from cms.agencies.presenter import render_reference
from cms.application import create_app
from cms.changes.actions import Action
from cms.changes.log import record
from cms.consumers.models import Scope
from cms.consumers.services import create_key, register_consumer
from cms.core import clock
from cms.core.db import session, unit_of_work
from cms.core.html_text import plain_text
from cms.core.permissions import Actor, Role, system_actor
from cms.core.sanitize import sanitized_html
from cms.core.versions import etag
from cms.editorial.content_types import EditionToRender
from cms.editorial.items.services import create_item
from cms.posts.content import POST
from cms.publishing.models import Publication
from cms.publishing.publish import publish, rebuild
from cms.publishing.reposts import add_repost
from cms.publishing.visibility import find_live_publication
from cms.taxonomy.models import Category
from config import Settings

EMAIL = "bench@balikpapan.example"
BATCH = 500
NOT_CONTENT = {"id", "published_at"}
SYSTEM = system_actor("benchmark")


def load(database: Database, items: int, drafts: int) -> Loaded:
    """Migrate and fill the database; prints how far it is."""
    began = time.perf_counter()
    app = create_app(Settings.from_environ(database.environment))
    with app.app_context():
        upgrade()
        app.extensions["simpul"].storage.mark("bench")
        add_reference()
        password = generate_password()
        held = [(Role.CENTRAL_EDITOR, None)]
        editor = create_user(
            SYSTEM, email=EMAIL, name="Editor", password=password, memberships=held, password_change_needed=False
        )
        key = delivery_key()
        post_ids = _publish_posts(database.kind, items)
        actor = Actor(editor.id, editor.name, frozenset({(Role.CENTRAL_EDITOR, None)}))
        waiting = [_draft(actor, post) for post in _progress(posts(drafts, first=items), drafts, "drafts")]
        session.remove()
        app.extensions["simpul"].reader.close_connections()
        _settle(app.extensions["sqlalchemy"].engine)
    print(
        f"\r{database.kind}: {items:,} posts and {drafts:,} drafts in {time.perf_counter() - began:.0f} s", flush=True
    )
    return Loaded(items, key, post_ids, waiting, EMAIL, password)


def _settle(engine: Engine) -> None:
    """Do now what PostgreSQL's autovacuum and checkpoints would do in the middle of a measurement, on the core that is measured."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for command in ("VACUUM (ANALYZE)", "CHECKPOINT"):
                connection.execute(text(command))
    engine.dispose()


def add_reference() -> None:
    """The city's agencies, areas and categories."""
    present = clock.now()
    times = {"created_at": present, "updated_at": present}
    with unit_of_work() as unit:
        for agency in agencies():
            unit.add(Agency(slug=agency.slug, name=agency.name, short_name=agency.short_name, kind="dinas", **times))
        for code in sorted({part for area in AREAS for part in _upwards(area)}):
            unit.add(
                Area(code=code, name=f"Wilayah {code}", level="kecamatan", parent_code=code.rpartition(".")[0] or None)
            )
            unit.session.flush()
        unit.add(*(Category(slug=slug, name_id=slug, name_en=slug, **times) for slug in CATEGORIES))
        record(unit, Action.AGENCY_CREATED, agencies()[0].slug, SYSTEM)


def _upwards(area: str) -> Iterator[str]:
    while area:
        yield area
        area = area.rpartition(".")[0]


def delivery_key() -> str:
    """A key that shows everything; returns its text."""
    values = {
        "name": "Benchmark",
        "kind": "service",
        "agency": agencies()[0].slug,
        "contact_name": "Benchmark",
        "contact_email": EMAIL,
    }
    admin = Actor(None, "benchmark", frozenset({(Role.ADMIN, None)}))
    consumer = register_consumer(admin, values)
    issued = create_key(
        admin,
        consumer.id,
        label="benchmark",
        scopes=[scope.value for scope in Scope],
        agencies=None,
        expires_at=clock.now() + timedelta(days=30),
    )
    return issued.text


def _publish_posts(kind: str, items: int) -> list[str]:
    owners = {agency.slug: render_reference(agency) for agency in agencies()}  # type: ignore[arg-type]
    waiting = _progress(posts(items), items, f"{kind}: posts")
    ids = []
    while batch := list(islice(waiting, BATCH)):
        with unit_of_work() as unit:
            for post in batch:
                change = record(unit, POST.action("published"), post["id"], SYSTEM, agency=post["agency"], edition=1)
                publish(unit, POST.render(_presentation(post, owners[post["agency"]])), change)
                ids.append(post["id"])
    _carry(items, owners)
    return ids


def _carry(items: int, owners: dict[str, dict[str, str]]) -> None:
    waiting = (post for number, post in enumerate(posts(items)) if number % CARRIED == 0 and post["agency"] != CARRIER)
    while batch := list(islice(waiting, BATCH)):
        with unit_of_work() as unit:
            for post in batch:
                add_repost(unit, post["id"], CARRIER, "Simak pengumuman ini.", "Balikpapan Selatan")
                change = record(unit, POST.action("reposted"), post["id"], SYSTEM, agency=CARRIER, edition=1)
                live = cast("Publication", find_live_publication(unit.session, post["id"]))
                rebuild(unit, POST.render(_presentation(post, owners[post["agency"]])), change, live)


def _presentation(post: dict[str, Any], owner: dict[str, str]) -> EditionToRender:
    body_html, slug = sanitized_html(post["body"], post["body_format"]), f"berita-{post['id'][-12:]}"
    return EditionToRender(
        item_id=post["id"],
        edition=1,
        content={**_content(post), "slug": slug},
        body_html=body_html,
        body_text=plain_text(body_html),
        agency=owner,
        published_at=post["published_at"],
        updated_at=post["published_at"],
        canonical_url=f"https://{post['agency']}.balikpapan.example/{slug}",
    )


def _content(post: dict[str, Any]) -> dict[str, Any]:
    content = {name: value for name, value in post.items() if name not in NOT_CONTENT}
    return POST.completed({**content, "credit": {"unit": post["agency"], "initials": ["abc", "def"]}})


def _draft(actor: Actor, post: dict[str, Any]) -> Draft:
    item = create_item(POST, actor, _content(post)).item
    session.expunge_all()
    return Draft(item.id, etag(item.version))


def _progress(each: Iterable[dict[str, Any]], total: int, label: str) -> Iterator[dict[str, Any]]:
    """Pass everything on, and say how far it is on a terminal."""
    for number, one in enumerate(each):
        if number % 250 == 0 and sys.stdout.isatty():
            print(f"\r{label} {number:,} of {total:,}  ", end="", flush=True)
        yield one
