"""Removes what an erasure is about from every table: the one place for it.

A feature that keeps texts or digests of published content adds a step to `STEPS`. Every step may be run twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import bindparam, delete, select, text, update

from cms.changes.actions import Action
from cms.changes.log import record
from cms.core.db import UnitOfWork, table_of
from cms.core.permissions import Actor
from cms.documents.models import DocumentFile
from cms.documents.queries import named_digests
from cms.editorial.comments.models import ReviewComment
from cms.editorial.content_types import Content
from cms.editorial.items.erased import TITLE, slug_of
from cms.editorial.items.models import Edition, Item, ItemSlug
from cms.editorial.previews.models import Preview
from cms.erasures.extent import Extent
from cms.file_texts.models import FileText, FileTextPage
from cms.media.models import Image, ImageUse
from cms.publishing.models import EndedRepost, LegacyAddress, Publication, PublishedItem, PublishedSlug, Repost
from cms.search.index import forget_items
from cms.search.models import SearchWord
from cms.writing.models import KeptAnswer

TEXT_SCHEMES: Final = frozenset({"slug", "tag"})
"""Schemes of terms that people write; the others are closed lists, and tell copies later whose channel an item was on."""
_EMPTIED = (
    update(table_of(Publication))
    .where(table_of(Publication).c.id == bindparam("publication"))
    .values(card_json="", full_json="", slug="", files_json="[]", end_explanation=None, terms_json=bindparam("terms"))
)


@dataclass(frozen=True, slots=True)
class Removal:
    """An erasure that is being carried out on an item that is locked."""

    unit: UnitOfWork
    actor: Actor
    item: Item
    extent: Extent

    def run(self, statement: Any) -> None:
        """Run a Core statement; nothing of it is in the session's memory."""
        self.unit.session.execute(statement, execution_options={"synchronize_session": False})


def remove(removal: Removal) -> None:
    """Remove everything now, in the transaction of the removal."""
    if removal.unit.session.get_bind().dialect.name == "sqlite":
        # Freed pages are overwritten: the words must not stay in the file.
        removal.unit.session.execute(text("PRAGMA secure_delete = ON"))
    for step in STEPS:
        step(removal)


def _editions(removal: Removal) -> None:
    chosen = select(Edition).where(Edition.item_id == removal.item.id, Edition.number.in_(removal.extent.editions))
    for edition in removal.unit.session.scalars(chosen):
        edition.content = _emptied(removal.item, edition.content)
        edition.body_html = edition.body_seal = edition.body_text = ""
        edition.removed_markup, edition.personal_data = {}, []
    removal.unit.session.flush()


def _emptied(item: Item, content: Content) -> Content:
    """A content with nothing that people wrote."""
    kind = item.content_type
    kept = {name: content[name] for name in ("agency", "channel", "language", kind.label) if content.get(name)}
    return kind.completed({**kept, "title": TITLE, "slug": slug_of(item.id)})


def _beside(removal: Removal) -> None:
    """Comments and preview links; a link without an edition follows the draft, so it goes with the whole item alone."""
    for table in (ReviewComment, Preview):
        rows = delete(table).where(table.item_id == removal.item.id)
        removal.run(rows if removal.extent.is_whole else rows.where(table.edition.in_(removal.extent.editions)))


def _publications(removal: Removal) -> None:
    connection = removal.unit.session.connection()
    terms = select(Publication.id, Publication.terms_json).where(Publication.id.in_(removal.extent.publication_ids))
    for publication_id, found in connection.execute(terms).all():
        kept = [[scheme, term, None] for scheme, term, _repost in orjson.loads(found) if scheme not in TEXT_SCHEMES]
        connection.execute(_EMPTIED, {"publication": publication_id, "terms": orjson.dumps(kept).decode()})


def _addresses(removal: Removal) -> None:
    """Addresses that only erased editions had, which say what their titles said."""
    item_id, session = removal.item.id, removal.unit.session
    others = select(Publication.slug).where(Publication.item_id == item_id, Publication.slug != "")
    published = set(session.scalars(others))
    drafts = session.scalars(select(Edition.content).where(Edition.item_id == item_id))
    owned = published | {removal.item.slug, *(content["slug"] for content in drafts if content.get("slug"))}
    for table, kept in ((PublishedSlug, published), (ItemSlug, owned)):
        removal.run(delete(table).where(table.item_id == item_id, table.slug.not_in(sorted(kept))))


def _whole_item(removal: Removal) -> None:
    """What belongs to the item as a whole: addresses of before, public notes, and what others said when they reposted it."""
    if not removal.extent.is_whole:
        return
    item_id = removal.item.id
    removal.run(delete(LegacyAddress).where(LegacyAddress.item_id == item_id))
    removal.run(delete(ImageUse).where(ImageUse.item_id == item_id))
    removal.run(update(PublishedItem).where(PublishedItem.id == item_id).values(change_history=[]))
    for table in (Repost, EndedRepost):
        removal.run(update(table).where(table.item_id == item_id).values(comment=None, place=None))


def _files(removal: Removal) -> None:
    removal.run(delete(DocumentFile).where(DocumentFile.id.in_([each.id for each in removal.extent.files])))


def _images(removal: Removal) -> None:
    """Pictures with their words and renditions."""
    ids = [each.id for each in removal.extent.images]
    for image in removal.unit.session.scalars(select(Image).where(Image.id.in_(ids))).all():
        record(removal.unit, Action.MEDIA_DELETED, image.id, removal.actor, agency=image.agency)
        removal.unit.session.delete(image)
    removal.unit.session.flush()


def _texts_of_files(removal: Removal) -> None:
    """What was read of bytes that no file has any more."""
    digests = set(removal.extent.digests)
    digests -= named_digests(digests, leaving=removal.extent.publication_ids)
    for table in (FileTextPage, FileText):
        removal.run(delete(table).where(table.sha256.in_(digests)))


def _search(removal: Removal) -> None:
    forget_words(removal.unit, removal.item.id)
    removal.run(delete(SearchWord))


def forget_words(unit: UnitOfWork, item_id: str) -> None:
    """Remove the words of the item from the index; of one that stays, the follower of the log writes those of now."""
    numbers = unit.session.scalars(select(PublishedItem.number).where(PublishedItem.id == item_id))
    forget_items(unit.session.connection(), list(numbers))


def forget_removed_words(unit: UnitOfWork) -> None:
    """Write the index of SQLite anew: it marks removed words, and keeps them until it merges its parts. The words with which slips are
    corrected are not told apart by text: all go, and come again with new texts, or with `search rebuild`.
    """
    unit.session.execute(delete(SearchWord))
    if unit.session.get_bind().dialect.name == "sqlite":
        unit.session.execute(text("PRAGMA secure_delete = ON"))
        unit.session.execute(text("INSERT INTO search_words (search_words) VALUES ('optimize')"))


def _kept_answers(removal: Removal) -> None:
    """Nobody can tell what sealed answers hold. Their keys stay, so that no repeated request is carried out twice."""
    removal.run(update(KeptAnswer).where(KeptAnswer.answer.is_not(None)).values(answer=None))


STEPS: Final[tuple[Callable[[Removal], None], ...]] = (
    _editions,
    _beside,
    _publications,
    _addresses,
    _whole_item,
    _files,
    _images,
    _texts_of_files,
    _search,
    _kept_answers,
)
