"""Checks of what content refers to, shared by the content types; each gives the faults it finds."""

from __future__ import annotations

from datetime import datetime

from cms.agencies.queries import find_areas
from cms.core.errors import InputError
from cms.editorial.content_types import Content
from cms.taxonomy.queries import find_category


def category_faults(content: Content, previous: Content | None) -> list[InputError]:
    """A category must exist; a retired one may stay on an item that has it."""
    slug = content["category"]
    if slug is None or (previous is not None and previous["category"] == slug):
        return []
    category = find_category(slug)
    if category is None:
        return [InputError("pointer", "/category", "not_found", {"what": "category"})]
    if category.is_retired:
        return [InputError("pointer", "/category", "not_valid_any_more", {"what": "category"})]
    return []


def area_faults(content: Content, previous: Content | None) -> list[InputError]:
    """Every area must exist."""
    codes = content["areas"]
    if not codes or (previous is not None and previous["areas"] == codes):
        return []
    known = find_areas(codes)
    return [
        InputError("pointer", f"/areas/{index}", "not_found", {"what": "area"})
        for index, code in enumerate(codes)
        if code not in known
    ]


def period_faults(content: Content) -> list[InputError]:
    """A validity window must not end before it begins."""
    start, end = content["valid_from"], content["valid_until"]
    if start is None or end is None or datetime.fromisoformat(start) < datetime.fromisoformat(end):
        return []
    return [InputError("pointer", "/valid_until", "not_before", {"other": "valid_from"})]


def area_lineage(code: str) -> list[str]:
    """The area and all areas above it: a Kemendagri code begins with the code of the area above."""
    parts = code.split(".")
    return [".".join(parts[: count + 1]) for count in range(len(parts))]
