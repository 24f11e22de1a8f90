"""A change of one item: the unit of work, the actor and the item, in one value that is passed from step to step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict, Unpack

from cms.changes.facts import Cause, EndingKind, UpdateKind
from cms.changes.log import record
from cms.changes.models import Change
from cms.core.db import UnitOfWork
from cms.core.permissions import Actor
from cms.editorial.content_types import ContentType
from cms.editorial.images.uses import ShownImages
from cms.editorial.items.models import Edition, Item


class Said(TypedDict, total=False):
    """Further facts of a line of the log (`cms.changes.log.record`)."""

    counts_as: str | None
    update: UpdateKind | None
    ending: EndingKind | None
    cause: Cause | None


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of an item that is loaded, locked and allowed (`cms.editorial.editing`)."""

    unit: UnitOfWork
    actor: Actor
    item: Item

    @property
    def content_type(self) -> ContentType:
        """What kind of item it is."""
        return self.item.content_type

    def record(
        self,
        verb: str,
        fields: list[str] | None = None,
        *,
        agency: str | None = None,
        edition: int | None = None,
        **said: Unpack[Said],
    ) -> Change:
        """Add a line to the log: `published` of a post is `post.published`.

        It names the item's agency and newest edition, unless the caller gives another agency or edition.
        """
        item = self.item
        return record(
            self.unit, self.content_type.action(verb), item.id, self.actor,
            agency=agency or item.agency, edition=edition or item.edition, fields=fields or (), **said,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edited:
    """An item and its newest edition after a write, with the images that it shows if the write has looked them up."""

    item: Item
    edition: Edition
    images: ShownImages | None = None
