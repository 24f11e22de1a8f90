"""What is published on a running server, for comparison with a copy of it."""

from __future__ import annotations

from typing import Any

from tests.examples.running_city import RunningCity

FIELDS = {
    "/v1/posts": "id,title,slug,agency,cover,body_html,canonical_url,repost,relation,reposted_by,withdrawn,changed_at",
    "/v1/documents": "id,title,slug,agency,files,category,withdrawn,changed_at",
}


def published(city: RunningCity, *paths: str) -> dict[str, dict[str, Any]]:
    """By id, the fields above of what the lists have."""
    shown: dict[str, dict[str, Any]] = {}
    for path in paths:
        mark = "&" if "?" in path else "?"
        for item in city.listed(f"{path}{mark}limit=100&fields={FIELDS[path.partition('?')[0]]}"):
            shown[item["id"]] = item
    return shown


def picked(item: dict[str, Any]) -> dict[str, Any]:
    """The same fields of a copied item."""
    return {name: item[name] for name in FIELDS[f"/v1/{item['type']}s"].split(",")}


def differing(shown: dict[str, dict[str, Any]], kept: dict[str, dict[str, Any]]) -> list[str]:
    """Ids of what is missing in a copy, too much in it, or another thing there."""
    held = {item_id: picked(item) for item_id, item in kept.items()}
    return sorted(item_id for item_id in shown.keys() | held.keys() if shown.get(item_id) != held.get(item_id))
