"""Answers of this folder: made once in a process, kept in every encoding, and not sent again to who has them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from flask import Response, request

from cms.serving.answers import Answer, answer_digest
from cms.serving.validity import Validity

PAGE_SECONDS = 60
FOREVER_SECONDS = 31_536_000
"""A year, for addresses that name the bytes that they lead to."""


def kept_answer(body: bytes, headers: Mapping[str, str]) -> Answer:
    """An answer that depends on nothing but the code and the settings of this process."""
    digest = answer_digest(hashlib.sha256(body).hexdigest())
    return Answer(digest, list(headers.items()), body, Validity(lambda _heads: None, None, 0), "")


def sent(answer: Answer, *varies: str, is_forever: bool = False) -> Response:
    """The answer in the encoding that the caller takes, or 304. `varies` names further headers of the request that it was chosen by."""
    accepted = request.headers.get("Accept-Encoding", "")
    caching = f"public, max-age={FOREVER_SECONDS}, immutable" if is_forever else f"public, max-age={PAGE_SECONDS}"
    own = [("Cache-Control", caching), ("Vary", ", ".join(("Accept-Encoding", *varies)))]
    known = request.headers.get("If-None-Match")
    tag = None if known is None else answer.known_tag(known, accepted)
    if tag is not None:
        return Response(status=304, headers=answer.headers_without_body(tag) + own)
    encoding = answer.encoding_for(accepted)
    content = answer.bytes_in(encoding)
    return Response(content, headers=answer.full_headers(encoding, len(content)) + own)
