"""The attribution that every app must show: the credit line and the canonical address, made by the server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlencode

from cms.agencies.presenter import NamedAgency

LONGEST_ADDRESS = 250
"""Characters; a social text has 280 in all."""
SOURCE = {"en": "Source", "ar": "المصدر", "zh": "来源"}
SOURCE_OF_OTHERS = "Sumber"
"""Indonesian; the local languages of the city use the same word."""


class Owner(NamedAgency, Protocol):
    """The agency that owns content, with the address of its site."""

    @property
    def site_url(self) -> str | None:
        """Its website, if it has one."""


def canonical_url(owner: Owner, content_type: str, slug: str, public_url: str) -> str:
    """The one address of an item: below the owner's website, else an address that this server resolves.

    A site that pulls from Simpul must answer `<site_url>/<slug>`, for example with a redirect to its own page of the item.
    """
    if owner.site_url:
        address = f"{owner.site_url.split('?')[0].split('#')[0].rstrip('/')}/{slug}"
        if len(address) <= LONGEST_ADDRESS:
            return address
    return f"{public_url}/v1/resolve?{urlencode({'type': content_type, 'agency': owner.slug, 'slug': slug})}"


def credit_line(owner_name: str, language: str, credit: Mapping[str, Any] | None) -> str:
    """The line below an item, in its language: `Sumber: Dinas Pekerjaan Umum (dpu/cha/mgm)`."""
    words = f"{SOURCE.get(language, SOURCE_OF_OTHERS)}: {owner_name}"
    writers = [credit.get("unit"), *(credit.get("initials") or ())] if credit else []
    named = "/".join(writer for writer in writers if writer)
    return f"{words} ({named})" if named else words
