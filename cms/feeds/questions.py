"""From the parameters of a feed to the question that the read model answers."""

from __future__ import annotations

from typing import Any

from cms.feeds.parameters import Query
from cms.publishing.delivered import DeliveredType
from cms.publishing.selection import Selection
from cms.serving.sources import Sources


def selection_of(sources: Sources, delivered: DeliveredType, query: Query, **more: Any) -> Selection:
    """The live items of this type that the query asks for and the key shows."""
    schemes = [scheme for scheme in delivered.schemes if scheme in query]
    return Selection(
        type=delivered.name,
        agencies=sources.listed_agencies(query.get("agency"), query.get("channel", ())),
        terms={scheme: sources.channels(query[scheme]) if scheme == "channel" else query[scheme] for scheme in schemes},
        **more,
    )
