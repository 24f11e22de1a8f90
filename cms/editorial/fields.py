"""Fields of content on the wire: as strict as those of core, but kept as the text that an edition stores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError
from slugify import slugify

from cms.core.clock import rfc3339
from cms.core.http.fields import Choice, Day, ItemId, Moment, Pattern, Rows, Text, rule
from cms.core.sanitize import is_safe_link

LONGEST_TAG = 50
MOST_TAGS = 20
MOST_AREAS = 50
LONGEST_BODY = 200_000
LANGUAGES = ("id", "en", "ar", "bjn", "bug", "jv", "mad", "mak", "ms", "su", "zh")
"""BCP 47 tags of the languages that the city's people write: besides Indonesian and English those of the larger communities."""
AREA_PATTERN = r"^[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?$"
AGENCY_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"


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
    """A list in which every value stands once, in the order given."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return list(dict.fromkeys(super()._deserialize(value, attr, data, **kwargs)))


class WebAddress(Text):
    """An absolute http or https address of a named host, without credentials (R-C2)."""

    def __init__(self, *, allow_path: bool = False, **kwargs: Any) -> None:
        super().__init__(min=1, max=500, **kwargs)
        self.allow_path = allow_path

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        address = super()._deserialize(value, attr, data, **kwargs)
        if not is_safe_address(address, allow_path=self.allow_path):
            raise ValidationError("unsafe_link")
        return address


def is_safe_address(address: str, *, allow_path: bool = False) -> bool:
    """True for `https://host/...` and `http://host/...`, and for `/path` when a path of the same site will do."""
    starts = ("https://", "http://", "/") if allow_path else ("https://", "http://")
    if not (address.lower().startswith(starts) and is_safe_link(address)):
        return False
    try:
        parts = urlsplit(address)
        return address.startswith("/") or bool(parts.hostname and parts.port != 0)
    except ValueError:
        # A host in brackets that is no IPv6 address, a port beyond 65535.
        return False


def agency_slug(**kwargs: Any) -> Text:
    """The slug of an agency."""
    words = Pattern(AGENCY_PATTERN, "the slug of an agency")
    return Text(min=1, max=63, validate=[words], **kwargs)


def area_code(**kwargs: Any) -> Text:
    """A Kemendagri code such as `64.71.06`."""
    return Text(max=13, validate=[Pattern(AREA_PATTERN, "a Kemendagri code such as 64.71.06")], **kwargs)


def language(**kwargs: Any) -> Choice:
    """The language that the content is written in."""
    return Choice(LANGUAGES, **kwargs)


def media_id(**kwargs: Any) -> ItemId:
    """The id of an image."""
    return ItemId(**kwargs)
