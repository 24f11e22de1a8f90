"""Reads the headers of a form's parts as programs really send them, before werkzeug parses them.

Browsers write a name in quotes as it is, with backslashes in the paths of Windows (WHATWG HTML, multipart/form-data), where a header of
HTTP would escape. Old programs send characters of Windows instead of UTF-8, or names with spaces and no quotes.
"""

from __future__ import annotations

import re
from typing import Final

from werkzeug.datastructures import Headers
from werkzeug.sansio.multipart import MultipartDecoder

# Quoted texts are stepped over, so that a name that reads like a parameter stays a name.
_NAMES: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|\bfilename=(?!")([^;"\r\n]++)', re.DOTALL | re.IGNORECASE)
_PATH_SIGN: Final = re.compile(rb'\\\\|\\(?!")')


class FormDecoder(MultipartDecoder):
    """werkzeug's reader of forms, for the names that people's programs send."""

    def _parse_headers(self, data: bytes | bytearray) -> Headers:
        return super()._parse_headers(readable_headers(bytes(data)))


def readable_headers(data: bytes) -> bytes:
    """The same headers in UTF-8, with each file name in quotes and each lone backslash in quotes doubled."""
    return _NAMES.sub(_as_quoted, _in_utf8(data))


def _in_utf8(data: bytes) -> bytes:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace").encode()
    return data


def _as_quoted(found: re.Match[bytes]) -> bytes:
    bare = found[1]
    quoted = found[0] if bare is None else b'filename="' + bare.strip() + b'"'
    return _PATH_SIGN.sub(rb"\\\\", quoted)
