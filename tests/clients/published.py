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
    """What is missing in a copy, too much in it, or another thing there: the id, and each field as shown and as kept."""
    held = {item_id: picked(item) for item_id, item in kept.items()}
    found = []
    for item_id in sorted(shown.keys() | held.keys()):
        here, there = shown.get(item_id), held.get(item_id)
        if here is None or there is None:
            found.append(f"{item_id}: {'too much' if here is None else 'missing'}")
        else:
            found += [f"{item_id}: {name}: {here[name]} {there[name]}" for name in here if here[name] != there[name]]
    return found
