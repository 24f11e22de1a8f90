"""Reposts as editors get them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cms.agencies.models import Agency
from cms.agencies.presenter import render_reference
from cms.agencies.queries import find_agencies
from cms.core.clock import rfc3339
from cms.publishing.models import Repost


def render_reposts(reposts: Sequence[Repost]) -> list[dict[str, Any]]:
    """Reposts as editors get them."""
    agencies = find_agencies({repost.agency for repost in reposts})
    return [_rendered(repost, agencies[repost.agency]) for repost in reposts]


def _rendered(repost: Repost, agency: Agency) -> dict[str, Any]:
    shown = render_reference(agency)
    return {
        "agency": shown,
        "comment": repost.comment,
        "place": repost.place,
        "at": rfc3339(repost.reposted_at),
    }
