"""What a feed says of itself: its title in the words of today, its home, and an id that never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

from cms.feeds.texts import readable
from cms.publishing.delivered import DeliveredType
from cms.serving.reference_data import ReferenceData
from cms.serving.sources import Sources

NAMESPACE: Final = UUID("6d0f2f0c-5d0b-5a52-9d2b-3c1b3f0e7a11")
"""Of the ids of feeds; any constant does, as long as it stays."""
LABELS: Final = {"post": "Berita dan pengumuman", "document": "Dokumen"}
FILTERS: Final = ("agency", "channel", "kind", "category", "tag")
LANGUAGE: Final = "id"


@dataclass(frozen=True, slots=True)
class About:
    """`id` is the same for the same question for ever, whatever the address of the server; `home` is a page for people."""

    type: str
    id: str
    title: str
    description: str
    home: str
    author: str


def about_feed(sources: Sources, delivered: DeliveredType, query: Mapping[str, Any]) -> About:
    """The feed of these filters. What it takes from reference data is noted: its tag moves when a name does."""
    reference_data = sources.looked_up()
    who, home = _publishers(sources, reference_data, query)
    words = [*_kinds(query), *_categories(reference_data, query), *(f"#{tag}" for tag in query.get("tag", ()))]
    label = LABELS.get(delivered.name, delivered.topic.capitalize())
    title = f"{who}: {', '.join(words) or label}"
    about = About(
        type=delivered.name,
        id=feed_id(sources, {"type": delivered.name, **query}),
        title=readable(title),
        description=readable(f"{title}. Diterbitkan lewat Simpul."),
        home=home or sources.public_url,
        author=readable(who),
    )
    sources.dependencies.note_fact("feed", (about.title, about.home))
    return about


def feed_id(sources: Sources, query: Mapping[str, Any]) -> str:
    """A URN made of the city and the filters alone: it survives another host name and another path."""
    filters = [f"{name}={','.join(query[name])}" for name in FILTERS if query.get(name)]
    name = "&".join([sources.settings.city_area, query["type"], *filters])
    return uuid5(NAMESPACE, name).urn


def _publishers(sources: Sources, reference_data: ReferenceData, query: Mapping[str, Any]) -> tuple[str, str | None]:
    """The names of those whose feed it is, of the city when nobody is named; and the site of the only one."""
    agencies = reference_data.directory.agencies
    asked = query.get("channel") or query.get("agency") or (sources.settings.city_channel,)
    known = [agencies[slug] for slug in asked if slug in agencies]
    names = [entry.name for entry in known] or ["Simpul"]
    return ", ".join(names), known[0].site_url if len(known) == 1 else None


def _kinds(query: Mapping[str, Any]) -> list[str]:
    return [kind.replace("_", " ").capitalize() for kind in query.get("kind", ())]


def _categories(reference_data: ReferenceData, query: Mapping[str, Any]) -> list[str]:
    known = reference_data.categories
    return [known[slug]["name"]["id"] if slug in known else slug for slug in query.get("category", ())]
