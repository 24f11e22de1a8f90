"""Posts: news, press releases, announcements, agenda and articles."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from cms.core.errors import InputError
from cms.editorial.content_types import Content, ContentType, needed
from cms.editorial.references import area_faults, category_faults, period_faults
from cms.posts.events import NO_EVENT, event_faults
from cms.posts.presenter import render_post


class PostKind(StrEnum):
    """Kinds of posts."""

    BERITA = "berita"
    SIARAN_PERS = "siaran_pers"
    PENGUMUMAN = "pengumuman"
    AGENDA = "agenda"
    ARTIKEL = "artikel"


DEFAULTS: dict[str, Any] = {
    "agency": None,
    "channel": None,
    "kind": None,
    "title": None,
    "slug": None,
    "summary": None,
    "body": None,
    "body_format": "markdown",
    "language": "id",
    "category": None,
    "tags": [],
    "areas": [],
    "dateline": None,
    "event_date": None,
    "event": None,
    "credit": None,
    "source_url": None,
    "valid_from": None,
    "valid_until": None,
    "cover": None,
}


def check_post(_item_id: str, content: Content, previous: Content | None) -> list[InputError]:
    """Finds references that do not exist, and a validity window or an event that ends before it begins."""
    references = [*category_faults(content, previous), *area_faults(content, previous)]
    return [*references, *period_faults(content), *event_faults(content)]


def missing_in_post(content: Content, body_text: str) -> list[InputError]:
    """A post needs a text that people can read; markup and invisible characters do not count."""
    return needed({**content, "body": body_text}, "body")


POST = ContentType(
    name="post",
    plural="posts",
    label="kind",
    defaults=DEFAULTS,
    check=check_post,
    missing=missing_in_post,
    render=render_post,
    parts={"credit": {"unit": None, "initials": []}, "event": NO_EVENT},
    has_reposts=True,
)
