"""Pages for people beside the answers for programs: who asks for one, and the headers that keep it harmless."""

from __future__ import annotations

from typing import Final

from flask import request

from cms.core.http.access import Plane, plane_of

LANGUAGES: Final = ("en", "id")
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


def named_language() -> str | None:
    """The language that the address of a page names by `lang`; None where it names none of ours, and at the addresses of the API."""
    named = request.args.get("lang")
    return named if named in LANGUAGES and plane_of(request.path) is Plane.SERVICE else None


def preferred_language() -> str:
    """The language of an answer: the one that the address of a page names, else `id` when the caller prefers Indonesian, else `en`."""
    return named_language() or request.accept_languages.best_match(LANGUAGES, default="en") or "en"
