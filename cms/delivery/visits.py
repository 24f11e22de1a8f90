"""Where `/go` sends a visitor, or what it tells: about an item that ended, was withdrawn, is unknown, or has no page of its own.

Nothing that people wrote is followed before it is known to lead to this city: an open redirect would lend the city's name to anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import orjson
from werkzeug.urls import iri_to_uri

from cms.agencies.directory import Directory
from cms.core.errors import DomainError, Gone, NotFound
from cms.core.ids import is_id
from cms.core.runtime import runtime
from cms.publishing.models import Standing
from cms.publishing.reading import Address
from cms.serving.places import LIVE_UNLESS_ENDED
from cms.serving.sources import Sources


@dataclass(frozen=True, slots=True)
class SentOn:
    """The visitor goes to this address."""

    address: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the visitor reads: a code of `cms.delivery.visit_words`, and the item's own words. `error` is the same for a program; None
    for an item that readers have.
    """

    code: str
    error: DomainError | None = None
    card: dict[str, Any] | None = None
    explanation: str | None = None
    link: str | None = None


def visit(sources: Sources, item_id: str | None) -> SentOn | Told:
    """What `/go` answers for this item; the targets of redirects are followed."""
    found = sources.target(item_id) if item_id is not None and is_id(item_id) else None
    if found is None:
        return Told("unknown", NotFound())
    directory = sources.reference_data().directory
    if found.slug is not None:
        return _live(found, directory)
    if found.standing == Standing.REDIRECTED and found.alternative:
        address = _whole(found, found.alternative, directory)
        if is_of_city(address, directory):
            return SentOn(iri_to_uri(address))
    return _ended(sources, found, directory)


def _live(found: Address, directory: Directory) -> SentOn | Told:
    card = orjson.loads(found.card_json or "{}")
    page = str(card.get("canonical_url") or "")
    is_elsewhere = page != f"{runtime().settings.public_url}/go/{found.id}" and is_of_city(page, directory)
    if found.standing == Standing.WITHDRAWN:
        return Told("withdrawn", None, card, found.explanation, page if is_elsewhere else None)
    return SentOn(iri_to_uri(page)) if is_elsewhere else Told("no_page", None, card)


def _ended(sources: Sources, found: Address, directory: Directory) -> Told:
    explanation, alternative = found.explanation, found.alternative
    if found.standing in LIVE_UNLESS_ENDED:
        has_ended, explanation = sources.ended_by_time(found.id)
        if not has_ended:
            return Told("unknown", NotFound())
        alternative = None
    elif found.standing == Standing.VANISHED:
        return Told("unknown", NotFound())
    address = _whole(found, alternative, directory) if alternative else None
    link = address if address and is_of_city(address, directory) else None
    told = {"explanation": explanation, "alternative": link}
    return Told("gone", Gone("gone", explanation=explanation or "", to=link or "", extra=told), None, explanation, link)


def _whole(found: Address, address: str, directory: Directory) -> str:
    """A path is one of the site of the item's agency, else of this server."""
    entry = directory.agencies.get(found.agency)
    return urljoin((entry and entry.site_url) or runtime().settings.public_url, address)


def is_of_city(address: str, directory: Directory) -> bool:
    """True for an address of an agency's site, of this server or of the city's own domains, as every browser would read it."""
    try:
        parts = urlsplit(iri_to_uri(address))
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or "\\" in address:
        return False
    sites = [entry.site_url for entry in directory.agencies.values() if entry.site_url]
    named = [urlsplit(each).hostname for each in (*sites, runtime().settings.public_url)]
    own = {name.lower() for name in (*named, *runtime().settings.own_domains) if name}
    return any(host == name or host.endswith(f".{name}") for name in own)
