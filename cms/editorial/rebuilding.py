"""Rebuilds a published edition with the present names and words, inside a unit of work."""

from __future__ import annotations

import orjson

from cms.changes.models import Change
from cms.core.db import UnitOfWork
from cms.editorial.items.models import Item
from cms.editorial.items.presenter import render_edition
from cms.editorial.items.queries import get_edition
from cms.editorial.notes import PublicNotes
from cms.publishing.models import Publication
from cms.publishing.publish import rebuild
from cms.publishing.rendered_items import RenderedItem


def rebuild_live(unit: UnitOfWork, publication: Publication, item: Item, change: Change) -> None:
    """Render the live edition again as it looks now. The caller holds the lock of the item's row."""
    rebuild(unit, as_it_looks_now(publication, item), change, publication)


def as_it_looks_now(publication: Publication, item: Item) -> RenderedItem:
    """The published edition as it looks now. Errors are raised here, before anything is recorded."""
    edition = get_edition(item, publication.edition)
    notes = PublicNotes.of(orjson.loads(publication.full_json))
    published_at, updated_at = publication.published_at, publication.updated_at
    return render_edition(item, edition, published_at, updated_at, notes)
