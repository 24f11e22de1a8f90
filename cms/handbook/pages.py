"""The pages of this folder, each written once in a process, when it is asked for first: from docs/, from the words of the code, with the address of this server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, current_app, render_template

from cms.core import clock
from cms.core.http.pages import LANGUAGES, PAGE_HEADERS, POLICY, named_language, preferred_language
from cms.core.runtime import runtime
from cms.handbook.assets import asset_address
from cms.handbook.document import delivery_document_bytes, document_bytes
from cms.handbook.documents import Document, Wish, examples
from cms.handbook.errors import error_page
from cms.handbook.kept_answers import kept_answer
from cms.handbook.markdown import rendered, sentence
from cms.handbook.words import WORDS
from cms.health.checks import Check
from cms.serving.answers import Answer

EXTENSION = "simpul_pages"
# Swagger UI has its icons as data in its style.
REFERENCE_HEADERS = {"Content-Security-Policy": POLICY.replace("img-src 'self'", "img-src 'self' data:")}
TEXT = {"Content-Type": "text/plain; charset=utf-8"}
JSON = {"Content-Type": "application/json; charset=utf-8"}
DELIVERY_OF_CONTENT = "content"
"""No group of routes: a server answers lists without a key only when it answers everything so."""


def page(template: str, path: str, wish: Wish, language: str | None = None, **values: Any) -> bytes:
    """A page of this folder. `path` is its address without a language, `language` that of its text when it is not what is wished."""
    words = {"all_words": WORDS, "words": WORDS[wish.language], "words_language": wish.language, "languages": LANGUAGES}
    shown = {"path": path, "link": wish.link, "language": language or wish.language, **words}
    return render_template(template, asset=asset_address, **shown, **values).encode()


def wished() -> Wish:
    """The language that the address names, else the one that the browser prefers."""
    named = named_language()
    return Wish(preferred_language()) if named is None else Wish(named, is_named=True)


def status(wish: Wish, checks: Sequence[Check]) -> Response:
    """What works on this server and what does not, at this moment; nobody keeps it."""
    looked_at = clock.now().astimezone(ZoneInfo(runtime().settings.city_timezone))
    text = page("status.html", "/docs/status", wish, checks=checks, looked_at=looked_at)
    language = {"Content-Language": wish.language, "Vary": "Accept-Language"}
    return Response(text, headers={**PAGE_HEADERS, **language, "Cache-Control": "no-store"})


def front(wish: Wish, city: str | None) -> Answer:
    """The page at `/`."""
    settings = runtime().settings
    values: dict[str, Any] = {
        "city": city,
        "public_url": settings.public_url,
        "needs_key": not settings.is_anonymous(DELIVERY_OF_CONTENT),
        "is_trial": settings.environment != "production",
        "examples": list(examples()),
    }
    return _kept(("front", wish.language, wish, city), lambda: page("front.html", "/", wish, **values))


def guide(document: Document, wish: Wish) -> Answer:
    """A document of docs/, in English where it has no translation; what stands around it is in the language that is wished."""
    language = wish.language if wish.language in document.languages else document.languages[0]

    def made() -> bytes:
        text = rendered(document.path(language).read_text(encoding="utf-8"), runtime().settings.public_url, wish)
        return page("guide.html", f"/docs/{document.name}", wish, language, document=document, text=text)

    return _kept((document.name, language, wish), made)


def errors(wish: Wish) -> Answer:
    """The list of all errors."""
    public_url = runtime().settings.public_url
    return _kept(
        ("errors", wish.language, wish),
        lambda: page("errors.html", "/docs/errors", wish, shown=error_page(wish, public_url), sentence=sentence),
    )


def reference(wish: Wish) -> Answer:
    """The page of the interactive reference, whose text is English."""
    return _kept(
        ("reference", "en", wish),
        lambda: page("reference.html", "/docs", wish, "en"),
        {**PAGE_HEADERS, **REFERENCE_HEADERS},
    )


def example(name: str) -> Answer:
    """A program to copy. Raises `KeyError` when there is none of this name."""
    return _kept(("example", name), examples()[name].read_bytes, {**PAGE_HEADERS, **TEXT})


def openapi(*, of_delivery: bool) -> Answer:
    """One of the OpenAPI documents."""
    make = delivery_document_bytes if of_delivery else document_bytes
    return _kept(("openapi", of_delivery), lambda: make(current_app), JSON)


def _kept(name: tuple[Any, ...], make: Callable[[], bytes], headers: dict[str, str] = PAGE_HEADERS) -> Answer:
    kept: dict[tuple[Any, ...], Answer] = current_app.extensions.setdefault(EXTENSION, {})
    found = kept.get(name)
    if found is None:
        language = {"Content-Language": name[1]} if name[1:] and name[1] in LANGUAGES else {}
        found = kept[name] = kept_answer(make(), {**headers, **language})
    return found
