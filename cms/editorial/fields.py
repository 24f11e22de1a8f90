"""Fields of content on the wire: as strict as those of core, but they give the text that an edition stores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError
from slugify import slugify

from cms.core.clock import rfc3339
from cms.core.http.field_rules import rule
from cms.core.http.fields import Choice, Day, ItemId, Moment, Rows, Text
from cms.taxonomy.languages import LANGUAGES

LONGEST_TAG = 50
MOST_TAGS = 20
MOST_AREAS = 50
LONGEST_BODY = 200_000


class DayText(Day):
    """A calendar day, kept as `YYYY-MM-DD`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return super()._deserialize(value, attr, data, **kwargs).isoformat()


class MomentText(Moment):
    """An instant, kept as RFC 3339 in UTC."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return rfc3339(super()._deserialize(value, attr, data, **kwargs))


class Tag(Text):
    """A tag in any spelling, kept as a slug: `Air Bersih` and `air-bersih` are one tag."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min=1, max=LONGEST_TAG, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        tag = slugify(super()._deserialize(value, attr, data, **kwargs))[:LONGEST_TAG].strip("-")
        if not tag:
            raise ValidationError(rule("bad_format", expected="letters or digits"))
        return tag


class Distinct(Rows):
    """A list without repeated values, in the given order."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return list(dict.fromkeys(super()._deserialize(value, attr, data, **kwargs)))


def language(**kwargs: Any) -> Choice:
    """The language that the content is written in."""
    return Choice(LANGUAGES, **kwargs)


def media_id(**kwargs: Any) -> ItemId:
    """The id of an image."""
    return ItemId(**kwargs)
