"""Versions of edited rows: every write makes the next version, and callers name the one they saw."""

from __future__ import annotations

from cms.core.errors import StaleVersion

Expected = frozenset[int]
"""The versions named in If-Match; empty when none of them is one of ours."""


def etag(version: int) -> str:
    """The strong ETag of a version."""
    return f'"v{version}"'


def check_version(expected: Expected, current: int) -> None:
    """Raise `StaleVersion`, which carries the current ETag, unless the caller saw the current version."""
    if current not in expected:
        raise StaleVersion(
            current_etag=etag(current), headers={"ETag": etag(current)}, extra={"current_etag": etag(current)}
        )
