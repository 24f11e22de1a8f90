"""A stored file as an HTTP answer: ranges, validators, and headers that keep it harmless in a browser (R-F3)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

from flask import Response, request
from werkzeug.http import http_date, parse_date
from werkzeug.sansio.http import is_resource_modified

from cms.core.errors import Unavailable
from cms.core.http.problems import problem_response
from cms.core.http.streams import LARGEST_BLOCK, PlacedStream
from cms.core.runtime import runtime

# What a browser may show by itself; everything else is saved.
SHOWN_INLINE: Final = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp"})
SAFETY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_RANGE = re.compile(r"bytes=(?:([0-9]{1,15})-([0-9]{0,15})|-([0-9]{1,15}))")


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What an answer needs to know about a stored file. `sha256` finds its bytes and is its ETag.

    `is_attachment`: it is saved, although browsers could show its kind.
    """

    name: str
    media_type: str
    bytes: int
    sha256: str
    modified_at: datetime
    is_attachment: bool = False

    @property
    def etag(self) -> str:
        """The strong ETag: the same bytes have the same one everywhere."""
        return f'"{self.sha256}"'


def file_answer(file: FileFacts, headers: Mapping[str, str] | None = None) -> Response:
    """The file, the requested range (206), not modified (304) or `range_not_satisfiable` (416).

    One range is served; a header with several, or one that is malformed, is ignored as RFC 9110 allows, and the whole file sent.
    """
    common = {**SAFETY_HEADERS, **_validators(file), **(headers or {})}
    if _is_known(file):
        return _bare(304, common)
    wanted = _wanted_range(file)
    if wanted is not None and wanted[0] >= wanted[1]:
        return _not_satisfiable(file, common)
    place = _place_at_the_proxy(file)
    if place is not None:
        return _handed_over(file, common, place)
    start, end = wanted or (0, file.bytes)
    answer = _sent(file, start, end)
    answer.status_code = 200 if wanted is None else 206
    answer.headers.update(common)
    answer.headers["Content-Type"] = _content_type(file.media_type)
    answer.headers["Content-Length"] = str(end - start)
    answer.headers["Content-Disposition"] = content_disposition(
        file.name, file.media_type, is_attachment=file.is_attachment
    )
    if wanted is not None:
        answer.headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.bytes}"
    return answer


def content_disposition(name: str, media_type: str, *, is_attachment: bool = False) -> str:
    """`inline` for what browsers show safely, else `attachment`; the name in ASCII and in UTF-8 (RFC 6266, RFC 8187)."""
    kind = "inline" if media_type in SHOWN_INLINE and not is_attachment else "attachment"
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    ascii_name = re.sub(r'[^ -~]|["\\%/]', "_", ascii_name).strip()
    if not ascii_name or ascii_name.startswith("."):
        # The name is all in another script: nothing of it is left in ASCII.
        ascii_name = f"berkas{ascii_name}"
    if ascii_name == name:
        return f'{kind}; filename="{ascii_name}"'
    return f"{kind}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"


def _content_type(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _validators(file: FileFacts) -> dict[str, str]:
    return {"ETag": file.etag, "Last-Modified": http_date(file.modified_at), "Accept-Ranges": "bytes"}


def _is_known(file: FileFacts) -> bool:
    """True when the caller has these bytes already; If-None-Match counts before If-Modified-Since."""
    return not is_resource_modified(
        http_if_none_match=request.headers.get("If-None-Match"),
        http_if_modified_since=request.headers.get("If-Modified-Since"),
        etag=file.etag,
        last_modified=file.modified_at,
    )


def _wanted_range(file: FileFacts) -> tuple[int, int] | None:
    """Start and end (exclusive) of the one range; None for the whole file; an empty range cannot be satisfied."""
    match = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    # Ranges are defined for GET alone (RFC 9110, section 14.2).
    if match is None or request.method != "GET" or not _range_holds(file):
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        return (max(0, file.bytes - int(suffix)), file.bytes) if int(suffix) else (0, 0)
    start = int(first)
    if last and int(last) < start:
        return None
    return start, min(file.bytes, int(last) + 1) if last else file.bytes


def _range_holds(file: FileFacts) -> bool:
    """If-Range: only the same strong ETag, or exactly the same date, lets a part be joined to what the caller has."""
    condition = request.headers.get("If-Range")
    if condition is None:
        return True
    if condition.lstrip().startswith(('"', "W/")):
        return condition.strip() == file.etag
    return parse_date(condition) == file.modified_at.replace(microsecond=0)


def _sent(file: FileFacts, start: int, end: int) -> Response:
    """The bytes, in one block or as a stream; for HEAD the storage is not touched."""
    if request.method == "HEAD":
        return Response(status=200)
    storage, length = runtime().storage, end - start
    if length <= LARGEST_BLOCK:
        content = b"".join(storage.open(file.sha256, start, length))
        if len(content) != length:
            raise Unavailable("storage_unavailable", headers={"Retry-After": "30"})
        return Response(content)
    stream = PlacedStream(runtime().bulkhead, lambda: storage.open(file.sha256, start, length))
    return Response(stream, direct_passthrough=True)


def _place_at_the_proxy(file: FileFacts) -> str | None:
    """Where the proxy finds the bytes; None when this server sends them: small ones, and what the proxy may not read."""
    place = runtime().settings.files_through_proxy
    if not place or request.method != "GET" or file.bytes <= LARGEST_BLOCK:
        return None
    path = runtime().storage.internal_path(file.sha256)
    return None if path is None else place + path


def _handed_over(file: FileFacts, headers: Mapping[str, str], place: str) -> Response:
    """An answer without bytes that names the file to the proxy: it sends the file, with ranges, and none of our threads waits."""
    answer = Response(b"", headers=dict(headers), content_type=_content_type(file.media_type))
    answer.headers["Content-Disposition"] = content_disposition(
        file.name, file.media_type, is_attachment=file.is_attachment
    )
    answer.headers["X-Accel-Redirect"] = place
    return answer


def _bare(status: int, headers: Mapping[str, str]) -> Response:
    answer = Response(status=status, headers=dict(headers))
    answer.headers.pop("Content-Type", None)
    return answer


def _not_satisfiable(file: FileFacts, headers: Mapping[str, str]) -> Response:
    kept = {**headers, "Content-Range": f"bytes */{file.bytes}", "Cache-Control": "no-store"}
    return problem_response(416, "range_not_satisfiable", {"bytes": file.bytes}, headers=kept)
