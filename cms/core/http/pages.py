"""Pages for people beside the answers for programs: who asks for one, and the headers that keep it harmless."""

from __future__ import annotations

from typing import Final

from flask import request

PAGES: Final = ("text/html", "application/xhtml+xml")
# Only what this server sends itself; nothing inline.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
}


def wants_page() -> bool:
    """True when the caller asks for HTML by name, as browsers do. `*/*` alone is a program."""
    return any(each in PAGES for each in request.accept_mimetypes.values())
