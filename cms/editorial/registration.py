"""A content type for an application, in one value: its folder makes it, one line of `cms.content_types` names it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cms.changes.actions import RESOURCE_TYPES
from cms.core.http.api import Blueprint
from cms.editorial.resource import Operations, Resource
from cms.editorial.routes import content_blueprint
from cms.publishing.delivered import DeliveredType

_NAME = re.compile("[a-z]+(_[a-z]+)*")
LONGEST_NAME = 20


@dataclass(frozen=True, slots=True)
class RegisteredType:
    """A content type with everything that an application makes of it.

    `about` is its text in the API's document. `operations` are those that not every type has; `blueprints` are routes
    beside those of items, such as the files of documents.
    """

    resource: Resource
    about: str
    operations: tuple[Operations, ...] = ()
    blueprints: tuple[Blueprint, ...] = ()

    @property
    def name(self) -> str:
        """The type of an item, such as `post`."""
        return self.resource.content_type.name

    @property
    def plural(self) -> str:
        """The name in addresses and of its topic in the log."""
        return self.resource.content_type.plural

    @property
    def delivered(self) -> DeliveredType:
        """Its description for readers."""
        return self.resource.delivered

    def management_blueprint(self) -> Blueprint:
        """Its routes below `/manage/v1/<plural>`."""
        return content_blueprint(self.resource, self.about, *self.operations)


def check_types(types: Sequence[RegisteredType]) -> None:
    """Raise `ValueError` for names that are ambiguous or too long for the log."""
    for each in types:
        if (each.delivered.name, each.delivered.topic) != (each.name, each.plural):
            raise ValueError(f"{each.name!r} has another name for readers")
    taken = set(RESOURCE_TYPES)
    for name in (name for each in types for name in (each.name, each.plural)):
        if _NAME.fullmatch(name) is None or len(name) > LONGEST_NAME:
            raise ValueError(f"{name!r} cannot name a content type: at most {LONGEST_NAME} letters a-z and underscores")
        if name in taken:
            raise ValueError(f"{name!r} names two things: a content type needs a name and a plural of its own")
        taken.add(name)
