"""Addresses of items: made from the title, unique per type and agency, never given to another item once published."""

from __future__ import annotations

import re

from slugify import slugify
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from cms.core.db import UnitOfWork
from cms.core.errors import Conflict, InputError, invalid_field
from cms.editorial.items.models import Item, ItemSlug

LONGEST_SLUG = 100
# Room for a suffix such as `-1234`.
LONGEST_BASE = 94
RESERVED_SLUGS = frozenset({
    "admin", "api", "arsip", "atom", "baru", "cari", "docs", "edit", "feed", "feeds", "halaman", "index", "kategori",
    "manage", "media", "new", "page", "robots", "rss", "search", "sitemap", "sync", "tag", "v1",
})  # fmt: skip
_NUMBER = re.compile(r"-[1-9][0-9]*")


def base_slug(title: str, fallback: str) -> str:
    """The slug that a title suggests: ASCII, whole words. A title without letters or digits gives `fallback`."""
    return slugify(title, max_length=LONGEST_BASE, word_boundary=True) or fallback


def follows_title(slug: str, title: str, fallback: str) -> bool:
    """True when the slug was made from this title, not chosen by a user."""
    base = base_slug(title, fallback)
    return slug == base or (slug.startswith(base) and _NUMBER.fullmatch(slug[len(base) :]) is not None)


def claim_free_slug(unit: UnitOfWork, content_type: str, agency: str, item_id: str, base: str) -> str:
    """Take `base`, or `base-2`, `base-3`, ... for the item. Transactions with the same title wait for each other, and none fails."""
    if base not in RESERVED_SLUGS and _claim(unit, content_type, agency, item_id, base):
        return base
    while True:
        candidate = _first_free(unit, content_type, agency, base)
        if _claim(unit, content_type, agency, item_id, candidate):
            return candidate


def claim_slug(unit: UnitOfWork, content_type: str, agency: str, item_id: str, slug: str) -> None:
    """Take the slug that a user chose. Raises `Conflict("slug_taken")`; the item may take back a slug that it had before."""
    if slug in RESERVED_SLUGS:
        raise invalid_field("/slug", "reserved_word")
    if _claim(unit, content_type, agency, item_id, slug):
        return
    owner = unit.session.scalar(
        select(ItemSlug.item_id).where(ItemSlug.type == content_type, ItemSlug.agency == agency, ItemSlug.slug == slug)
    )
    if owner != item_id:
        raise Conflict("slug_taken", errors=[InputError("pointer", "/slug", "taken")], slug=slug)


def release_slug(unit: UnitOfWork, item: Item) -> None:
    """Give up the present slug of an item; a slug that readers may have seen stays the item's for ever."""
    if item.published_at is None:
        unit.session.execute(
            delete(ItemSlug)
            .where(ItemSlug.type == item.type, ItemSlug.agency == item.agency, ItemSlug.slug == item.slug)
            .execution_options(synchronize_session=False)
        )


def _claim(unit: UnitOfWork, content_type: str, agency: str, item_id: str, slug: str) -> bool:
    """Insert the row unless there is one; on PostgreSQL this waits for another transaction that is taking the slug."""
    dialect = postgresql if unit.session.get_bind().dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(ItemSlug)
        .values(type=content_type, agency=agency, slug=slug, item_id=item_id)
        .on_conflict_do_nothing()
        .returning(ItemSlug.slug)
    )
    return unit.session.scalar(statement) is not None


def _first_free(unit: UnitOfWork, content_type: str, agency: str, base: str) -> str:
    taken = set(
        unit.session.scalars(
            select(ItemSlug.slug).where(
                ItemSlug.type == content_type, ItemSlug.agency == agency, ItemSlug.slug.startswith(f"{base}-")
            )
        )
    )
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"
