"""The attribution that every app must show: the credit line and the canonical address, made by the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from cms.agencies.address_templates import LONGEST_ADDRESS, filled, is_of_server, leads_home
from cms.agencies.presenter import NamedAgency
from cms.core.runtime import runtime

SOURCE = {"en": "Source", "ar": "المصدر", "zh": "来源"}
SOURCE_OF_OTHERS = "Sumber"
"""Indonesian; the local languages of the city use the same word."""


class Owner(NamedAgency, Protocol):
    """The agency that owns content, with the addresses of its site."""

    @property
    def site_url(self) -> str | None:
        """Its website, if it has one."""

    @property
    def address_templates(self) -> Mapping[str, str]:
        """How its website names items, by content type."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """What the address of an item can be made of."""

    type: str
    id: str
    content: Mapping[str, Any]
    published_at: datetime
    """The first publication: its year, in the city, is that of an item without a year of its own."""


def canonical_url(owner: Owner, item: Addressed) -> str:
    """The one address of an item, for people: by the owner's template, else below its website, else `/go` of this server.

    `SERIAL` stays in it until the item has its number. A site that pulls from Simpul and has no template must answer
    `<site_url>/<slug>`, for example with a redirect to its own page of the item.
    """
    return site_page(owner, item) or _below_site(owner, item.content["slug"]) or page_of_server(item.id)


def site_page(owner: Owner, item: Addressed) -> str | None:
    """The page of an item by its owner's template. None without one that fits: the item lacks a value that it names, or the site or
    this server have other hosts since it was saved.
    """
    template, public_url = owner.address_templates.get(item.type), runtime().settings.public_url
    if template is None or not leads_home(template, owner.site_url, public_url) or is_of_server(template, public_url):
        return None
    city_year = item.published_at.astimezone(ZoneInfo(runtime().settings.city_timezone)).year
    content = item.content
    values = {
        "slug": content["slug"],
        "id": item.id,
        "number": content.get("number"),
        "year": content.get("year") or city_year,
    }
    return filled(template, values)


def _below_site(owner: Owner, slug: str) -> str | None:
    if not owner.site_url:
        return None
    address = f"{owner.site_url.split('?')[0].split('#')[0].rstrip('/')}/{slug}"
    return address if len(address) <= LONGEST_ADDRESS else None


def page_of_server(item_id: str) -> str:
    """The address of an item on this server, which sends visitors on or tells them about it."""
    return f"{runtime().settings.public_url}/go/{item_id}"


def credit_line(owner_name: str, language: str, credit: Mapping[str, Any] | None) -> str:
    """The line below an item, in its language: `Sumber: Dinas Pekerjaan Umum (dpu/cha/mgm)`."""
    words = f"{SOURCE.get(language, SOURCE_OF_OTHERS)}: {owner_name}"
    writers = [credit.get("unit"), *(credit.get("initials") or ())] if credit else []
    named = "/".join(writer for writer in writers if writer)
    return f"{words} ({named})" if named else words
