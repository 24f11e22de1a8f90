"""Posts in the words of schema.org: news, articles, and what takes place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cms.publishing.linked_data import Node, Surroundings, images_of, known, of_every_item

ARTICLE, AGENDA = "artikel", "agenda"
STATUS: Final = "https://schema.org/EventScheduled", "https://schema.org/EventCancelled"


def post_as_linked_data(item: Mapping[str, Any], around: Surroundings) -> Node:
    """An `Event` where the post is about one that has a place (search engines take none without), else a `NewsArticle` or `Article`."""
    place = (item["event"] or {}).get("place")
    return (
        _event(item, place, around)
        if item["kind"] == AGENDA and item["event_date"] and place
        else _article(item, around)
    )


def _article(item: Mapping[str, Any], around: Surroundings) -> Node:
    return {
        "@type": "Article" if item["kind"] == ARTICLE else "NewsArticle",
        **of_every_item(item, around),
        "headline": item["title"],
        "image": images_of(item["cover"], around.server),
        "articleSection": item["category"],
        "dateline": item["dateline"] if item["kind"] != ARTICLE else None,
        "expires": item["valid_until"],
        "isBasedOn": item["source_url"],
    }


def _event(item: Mapping[str, Any], place: str, around: Surroundings) -> Node:
    """Only properties that events have. Without hours the beginning is a day."""
    of_item, event = of_every_item(item, around), item["event"]
    return {
        "@type": "Event",
        **known(
            {
                name: of_item[name]
                for name in (
                    "@id",
                    "url",
                    "mainEntityOfPage",
                    "description",
                    "inLanguage",
                    "keywords",
                    "isAccessibleForFree",
                )
            }
        ),
        "name": item["title"],
        "startDate": event["begin"] or item["event_date"],
        "endDate": event["end"],
        "eventStatus": STATUS[bool(item["withdrawn"])],
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {"@type": "Place", "name": place, "address": place},
        "organizer": around.publisher,
        "image": images_of(item["cover"], around.server),
    }
