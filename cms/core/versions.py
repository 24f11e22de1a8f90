"""Versions of edited rows: every write makes the next version, and callers name the one they saw."""

from __future__ import annotations

from cms.core.errors import StaleVersion

Expected = frozenset[int] | None
"""The versions named in If-Match. None is `*`: whatever version there is."""


def written(version: int) -> str:
    """A version as answers show it and `If-Match` takes it: `v7`."""
    return f"v{version}"


def etag(version: int) -> str:
    """The strong ETag of a version."""
    return f'"{written(version)}"'


def check_version(expected: Expected, current: int) -> None:
    """Raise `StaleVersion`, which carries the current ETag, unless the caller saw the current version."""
    if expected is not None and current not in expected:
        raise StaleVersion(
            current_etag=etag(current), headers={"ETag": etag(current)}, extra={"current_etag": etag(current)}
        )
