"""A delivery answer: its bytes in each encoding, its headers, and its validity.

Used by Flask for a computed answer and by the middleware (`cms.serving.middleware`) for a cached one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache

from cms.consumers.usage.copies import Copy
from cms.core.traffic import Counted, Tally
from cms.serving.encoding import ENCODINGS, SMALLEST, chosen_encoding, encoded, takes
from cms.serving.limits import UNLIMITED, Counting
from cms.serving.validity import Validity

# Part of every ETag: raise it when the same publications are serialised differently.
FORMAT = "2"
STALE_IF_ERROR = 600
_TAG = re.compile(rf'(?:W/)?"([0-9a-f]+)(?:-({"|".join(ENCODINGS)}))?"')
_CONTENT_HEADERS = {"content-type", "content-length", "content-encoding"}
# Python's objects around an answer with the lists of its headers in each form, and around one header.
OBJECT_BYTES, HEADER_BYTES = 3_000, 180
# Around one agency or channel of its validity.
PART_BYTES = 300
Headers = list[tuple[str, str]]
NOBODYS = Tally(Counted("", "", "", ""))
# Longer than any cache may keep an answer: a day.
LONGEST_LEFT = 86_400_000_000


@dataclass(slots=True)
class Answer:
    """A 200 answer of the delivery plane. `body` None: only its ETag was ever needed."""

    digest: str
    headers: Headers
    body: bytes | None
    validity: Validity
    key_id: str
    max_age: int = 0
    counting: Counting = UNLIMITED
    """Whose allowance a request that gets it uses."""
    tally: Tally = NOBODYS
    """Where requests that get it are counted."""
    copy: Copy | None = None
    """The copy that is complete with it."""
    _encoded: dict[str, bytes] = field(default_factory=dict)
    _full: dict[str | None, Headers] = field(default_factory=dict)
    _bodiless: dict[str, Headers] = field(default_factory=dict)

    def encoding_for(self, accepted: str) -> str | None:
        """Which encoding the caller gets; short bodies are sent as they are."""
        if not accepted or (self.body is not None and len(self.body) < SMALLEST):
            return None
        return chosen_encoding(accepted)

    def etag(self, encoding: str | None) -> str:
        """The strong ETag of one encoding: other bytes, other tag."""
        return f'"{self.digest}-{encoding}"' if encoding else f'"{self.digest}"'

    def known_tag(self, if_none_match: str, accepted: str) -> str | None:
        """The tag of the encoding in which the caller already has this answer; None without one that the caller can read. The 304
        names that encoding, not the one that would be sent now: a shared cache looks it up by this tag.
        """
        if if_none_match == f'"{self.digest}"':
            return if_none_match
        would_be_sent = self.etag(self.encoding_for(accepted))
        if if_none_match == would_be_sent or if_none_match.strip() == "*":
            return would_be_sent
        forms = [
            match[2] for match in map(_TAG.fullmatch, _entries(if_none_match)) if match and match[1] == self.digest
        ]
        readable = [form for form in forms if form is None or takes(accepted, form)]
        if not readable:
            return None
        tags = [self.etag(form) for form in readable]
        return would_be_sent if would_be_sent in tags else tags[0]

    def cache_control(self, now: int) -> str:
        """How long caches may use the answer: never beyond the next scheduled change."""
        left = self.validity.until - now
        if left > LONGEST_LEFT:
            return _cache_control(self.max_age, STALE_IF_ERROR + self.max_age)
        return _cache_control(self.max_age, max(0, left // 1_000_000))

    def bytes_in(self, encoding: str | None) -> bytes:
        """The body in an encoding; the compressed form is kept while there is room for it."""
        body = self.body or b""
        if encoding is None:
            return body
        found = self._encoded.get(encoding)
        if found is None:
            found = encoded(body, encoding)
            if sum(map(len, self._encoded.values())) + len(found) <= self._room:
                self._encoded[encoding] = found
        return found

    @property
    def _room(self) -> int:
        """The limit for all compressed forms together: they are made after the size of the answer was counted."""
        return len(self.body or b"")

    def full_headers(self, encoding: str | None, length: int) -> Headers:
        """Headers of the 200 answer."""
        found = self._full.get(encoding)
        if found is None:
            extra = [("ETag", self.etag(encoding)), ("Content-Length", str(length))]
            found = [*self.headers, *extra, *([("Content-Encoding", encoding)] if encoding else [])]
            self._full[encoding] = found
        return found

    def headers_without_body(self, tag: str) -> Headers:
        """Headers of the 304 answer: the same, less what describes a body. `tag` is what `known_tag` found."""
        found = self._bodiless.get(tag)
        if found is None:
            kept = [(name, value) for name, value in self.headers if name.lower() not in _CONTENT_HEADERS]
            found = self._bodiless[tag] = [*kept, ("ETag", tag)]
        return found

    @property
    def size(self) -> int:
        """Memory that keeping it takes at most, in bytes."""
        headers = sum([HEADER_BYTES + len(value) for _, value in self.headers])
        parts = PART_BYTES * len(self.validity.parts)
        return OBJECT_BYTES + parts + headers + len(self.body or b"") + self._room


def _entries(header: str) -> list[str]:
    return [entry.strip() for entry in header.split(",")]


def answer_digest(*parts: object) -> str:
    """The opaque part of an ETag."""
    text = "|".join(map(str, (FORMAT, *parts)))
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


@lru_cache(maxsize=4_096)
def _http_date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)


@lru_cache(maxsize=4_096)
def _cache_control(max_age: int, left: int) -> str:
    """`left` are the seconds until the answer becomes wrong. The later directives count from the end of max-age.

    stale-if-error stays short: a withdrawn item must not be kept alive by a cache whose origin is down.
    """
    fresh = min(max_age, left)
    stale, on_error = min(max_age, left - fresh), min(STALE_IF_ERROR, left - fresh)
    return f"public, max-age={fresh}, stale-while-revalidate={stale}, stale-if-error={on_error}"


def position_headers(epoch: str, sequence: int) -> Headers:
    """Headers with a position of the log, and its epoch: of an answer with a body the newest line that changed what it shows."""
    return [("Content-Epoch", epoch), ("Content-Seq", str(sequence))]


def caching_headers(modified_at: int, groups: Sequence[str], vary: str, media_type: str) -> Headers:
    """Headers that tell what an answer is and to whom caches may serve it. `modified_at` in microseconds since 1970."""
    return [
        ("Content-Type", f"{media_type}; charset=utf-8"),
        ("Last-Modified", _http_date(modified_at // 1_000_000)),
        ("Vary", vary),
        ("Cache-Groups", ", ".join([f'"{group}"' for group in groups])),
        ("Surrogate-Key", " ".join(groups)),
        ("X-Content-Type-Options", "nosniff"),
    ]
