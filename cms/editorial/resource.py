"""A content type on the management plane: its schemas, how its items are shown, and the operations that are mounted for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema

from cms.core.http.access import current_actor
from cms.core.http.answers import Answer, created_answer, one_answer
from cms.core.http.operations import Operations as OperationsOf
from cms.core.http.schemas import many, one
from cms.core.runtime import runtime
from cms.editorial.content_types import ContentType
from cms.editorial.edit import Edited
from cms.editorial.items.models import Item
from cms.editorial.items.presenter import render_item, render_row
from cms.editorial.warnings import with_warnings
from cms.publishing.delivered import DeliveredType


@dataclass(frozen=True, slots=True)
class Resource:
    """A content type in the API: its schemas, and how its items are shown to editors and readers."""

    content_type: ContentType
    create: type[Schema]
    update: type[Schema]
    item: type[Schema]
    row: type[Schema]
    query: type[Schema]
    delivered: DeliveredType

    @property
    def path(self) -> str:
        """Where the items of this type are."""
        return f"/manage/v1/{self.content_type.plural}"

    @property
    def words(self) -> Mapping[str, str]:
        """The names of the type, for the names and the documentation of its operations."""
        return {"type": self.content_type.name, "types": self.content_type.plural}

    def shown(self, edited: Edited) -> Answer:
        """200 with an item, and what its editor should know about the edition."""
        return with_warnings(one_answer(self.render(edited), edited.item.version), edited)

    def created(self, edited: Edited) -> Answer:
        """201 with a new item, and what its editor should know about the edition."""
        answer = created_answer(self.render(edited), edited.item.version, f"{self.path}/{edited.item.id}")
        return with_warnings(answer, edited)

    def render(self, edited: Edited) -> dict[str, Any]:
        """The item for this caller."""
        return render_item(edited.item, edited.edition, current_actor(), runtime().settings.city_channel)

    def render_row(self, item: Item) -> dict[str, Any]:
        """The item in a list for this caller."""
        return render_row(self.content_type, item, current_actor(), runtime().settings.city_channel)


class Operations(OperationsOf[Resource]):
    """Operations on the items of a content type, below its path."""


def item_schema(resource: Resource) -> Any:
    """One item in full."""
    return one(resource.item)


def rows_schema(resource: Resource) -> Any:
    """A page of items."""
    return many(resource.row)
