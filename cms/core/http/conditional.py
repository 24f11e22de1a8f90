"""The conditional headers of the management plane."""

from __future__ import annotations

import re

from flask import request

from cms.core.errors import VersionRequired
from cms.core.versions import Expected, etag

_TAG = re.compile(r'"v([0-9]{1,12})"')


def expected_version() -> Expected:
    """The version that If-Match names. Raises `VersionRequired` (428) when the header is missing; weak tags and `*` match nothing."""
    header = request.headers.get("If-Match")
    if header is None:
        raise VersionRequired
    tags = [tag.strip() for tag in header.split(",")]
    return frozenset(int(match[1]) for match in map(_TAG.fullmatch, tags) if match)


def require_creation() -> None:
    """A PUT creates under the client's own id: it must say `If-None-Match: *`. Raises `VersionRequired` (428)."""
    if request.headers.get("If-None-Match", "").strip() != "*":
        raise VersionRequired("if_none_match_required")


def version_headers(version: int) -> dict[str, str]:
    """Headers of an answer that shows one version."""
    return {"ETag": etag(version)}
