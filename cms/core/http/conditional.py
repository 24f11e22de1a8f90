"""The conditional headers of the management plane."""

from __future__ import annotations

import re
from typing import Final, NoReturn

from flask import request

from cms.core.errors import BadRequest, InputError, VersionRequired
from cms.core.versions import Expected, etag

IF_MATCH: Final = "If-Match"
# A proxy that compresses an answer marks its tag as weak (nginx), or adds the encoding to it (Apache, Caddy).
VERSION: Final = r"((W/)?\x22v[0-9]{1,12}(-(gzip|br|zstd|deflate))?\x22|v[0-9]{1,12})"
"""One version in `If-Match`, as a regular expression of JSON Schema: `"v7"` from an ETag, or `v7` from a body. The quotation mark is
written by number: generators of clients put patterns into string literals as they are.
"""
_VERSION = re.compile(VERSION)
_NUMBER = re.compile("v([0-9]+)")
FORMS: Final = 'the ETag that was read, such as "v7"'


def expected_version(*, or_any: bool = False) -> Expected:
    """The versions that If-Match names. `or_any`: `*` is taken too, since the operation overwrites nothing that people wrote.

    Raises `VersionRequired` (428) when the header is missing, `BadRequest` when it names what is no version.
    """
    header = request.headers.get(IF_MATCH)
    if header is None:
        raise VersionRequired
    if header.strip() == "*":
        return None if or_any else _refuse("version_needed")
    tags = [tag.strip() for tag in header.split(",")]
    if not all(map(_VERSION.fullmatch, tags)):
        _refuse("bad_format", expected=FORMS)
    return frozenset(int(number) for number in _NUMBER.findall(header))


def _refuse(code: str, **params: str) -> NoReturn:
    raise BadRequest("invalid_parameter", errors=[InputError("header", IF_MATCH, code, params)])


def require_creation() -> None:
    """A PUT creates under the client's own id: it must say `If-None-Match: *`. Raises `VersionRequired` (428)."""
    if request.headers.get("If-None-Match", "").strip() != "*":
        raise VersionRequired("if_none_match_required")


def version_headers(version: int) -> dict[str, str]:
    """Headers of an answer that shows one version."""
    return {"ETag": etag(version)}
