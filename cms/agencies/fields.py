"""Names of agencies and areas on the wire, wherever something refers to them."""

from __future__ import annotations

from typing import Any

from cms.agencies.models import SLUG_LENGTH
from cms.core.http.field_rules import Pattern
from cms.core.http.fields import Text, Words
from cms.core.ids import AREA_CODE_PATTERN, SLUG_PATTERN

LONGEST_AREA_CODE = 13


def agency_slug(**kwargs: Any) -> Text:
    """The slug of an agency."""
    return Text(min=1, max=SLUG_LENGTH, validate=[Pattern(SLUG_PATTERN, "the slug of an agency")], **kwargs)


def agency_slugs(**kwargs: Any) -> Words:
    """Slugs of agencies in a query, separated by commas."""
    return Words(pattern=SLUG_PATTERN, expected="slugs of agencies", **kwargs)


def area_code(**kwargs: Any) -> Text:
    """A Kemendagri code such as `64.71.06`."""
    pattern = Pattern(AREA_CODE_PATTERN, "a Kemendagri code such as 64.71.06")
    return Text(max=LONGEST_AREA_CODE, validate=[pattern], **kwargs)


def area_codes(**kwargs: Any) -> Words:
    """Kemendagri codes in a query, separated by commas."""
    return Words(pattern=AREA_CODE_PATTERN, expected="Kemendagri codes such as 64.71.06", **kwargs)
