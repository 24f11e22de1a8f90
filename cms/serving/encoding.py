"""Content-Encoding of delivery answers: zstd, br or gzip, the one that the caller accepts and that costs this server least."""

from __future__ import annotations

import gzip
from functools import lru_cache

import brotli
import zstandard
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

SMALLEST = 1_000
# Real clients send short headers; longer ones would only fill the cache.
LONGEST_REMEMBERED = 200
# In order of preference at equal q: zstd is several times cheaper than br for the same size.
ENCODINGS = ("zstd", "br", "gzip")
_BROTLI_QUALITY = 4
_GZIP_LEVEL = 6


def chosen_encoding(accepted: str) -> str | None:
    """The encoding for this Accept-Encoding header; None sends the body as it is."""
    return _chosen(accepted) if len(accepted) <= LONGEST_REMEMBERED else _chosen.__wrapped__(accepted)


def takes(accepted: str, encoding: str) -> bool:
    """True when a caller with this Accept-Encoding header can read the encoding."""
    return (_takes if len(accepted) <= LONGEST_REMEMBERED else _takes.__wrapped__)(accepted, encoding)


@lru_cache(maxsize=512)
def _chosen(accepted: str) -> str | None:
    found = _qualities(accepted)
    best = max(ENCODINGS, key=lambda name: (found[name], -ENCODINGS.index(name)))
    return best if found[best] > 0 and found[best] >= found["identity"] else None


@lru_cache(maxsize=512)
def _takes(accepted: str, encoding: str) -> bool:
    return bool(accepted) and _qualities(accepted)[encoding] > 0


def _qualities(accepted: str) -> dict[str, float]:
    """The q value of each encoding, 0 to 1; names are case-insensitive (RFC 9110, section 8.4.1).

    `identity` counts only when it is named: it is never refused, and `*` does not prefer it.
    """
    named = dict(parse_accept_header(accepted.lower(), Accept))
    anything = named.get("*", 0)
    return {
        "identity": float(named.get("identity", 0)),
        **{name: float(named.get(name, anything)) for name in ENCODINGS},
    }


def encoded(body: bytes, encoding: str) -> bytes:
    """The body in one of ENCODINGS."""
    if encoding == "zstd":
        return zstandard.ZstdCompressor(level=3).compress(body)
    if encoding == "br":
        return bytes(brotli.compress(body, quality=_BROTLI_QUALITY))
    return gzip.compress(body, _GZIP_LEVEL, mtime=0)
