"""`include=jsonld`: an item in the words of schema.org, ready to be put into a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cms.publishing.delivered import DeliveredType
from cms.publishing.linked_data import Node, Surroundings, as_script, known
from cms.serving.sources import Sources

JSONLD: Final = "jsonld"
"""The name of the field, and of what `include` takes in details."""


def linked_data(sources: Sources, delivered: DeliveredType, item: Mapping[str, Any]) -> str:
    """The text between `<script type="application/ld+json">` and `</script>`."""
    around = Surroundings(_publisher(sources, item["agency"]), sources.public_url)
    return as_script(delivered.linked_data(item, around))


def _publisher(sources: Sources, agency: Mapping[str, str]) -> Node:
    """The owner as it is called and reached now."""
    entry = sources.reference_data().directory.agencies.get(agency["slug"])
    contact = entry.contact if entry else {}
    point = known({"telephone": contact.get("phone"), "email": contact.get("email")})
    return known(
        {
            "@type": "GovernmentOrganization",
            "name": entry.name if entry else agency["name"],
            "alternateName": entry.short_name if entry else agency["short_name"],
            "url": entry.site_url if entry else None,
            "address": contact.get("address"),
            "contactPoint": {"@type": "ContactPoint", **point} if point else None,
        }
    )
