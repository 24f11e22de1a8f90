"""Public identifiers: UUIDv7 (RFC 9562), time-ordered, 36 lower-case characters; slugs; Kemendagri codes. ASCII alone."""

from __future__ import annotations

import re

import uuid_utils

ID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
SLUG_PATTERN = "^[a-z0-9]+(-[a-z0-9]+)*$"
"""Lower-case words joined by single hyphens."""
AREA_CODE_PATTERN = r"^[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?$"
"""Province, city, district, ward: `64`, `64.71`, `64.71.06`, `64.71.06.1001`."""
_ID, _SLUG, _AREA_CODE = re.compile(ID_PATTERN), re.compile(SLUG_PATTERN), re.compile(AREA_CODE_PATTERN)


def new_id() -> str:
    """A fresh UUIDv7 as text."""
    return str(uuid_utils.uuid7())


def is_id(text: str) -> bool:
    """True when `text` is a UUIDv7 in canonical lower-case form."""
    return _ID.fullmatch(text) is not None


def is_slug(text: str) -> bool:
    """True when `text` has the form of a slug."""
    return _SLUG.fullmatch(text) is not None


def is_area_code(text: str) -> bool:
    """True when `text` has the form of a Kemendagri code; whether there is such an area is another question."""
    return _AREA_CODE.fullmatch(text) is not None
