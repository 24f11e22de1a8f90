"""What was found in an item, and who confirmed it, as editors get it."""

from __future__ import annotations

from typing import Any

from cms.core.people import person_reference
from cms.editorial.items.models import Edition, Item
from cms.editorial.personal_data.standing import present_findings


def render_personal_data(item: Item, edition: Edition) -> dict[str, Any]:
    """The findings in an edition and its files, open ones first, and the confirmations, newest first."""
    confirmed = item.confirmed
    found = [{**each, "confirmed": each["id"] in confirmed} for each in present_findings(item, edition)]
    return {
        "edition": edition.number,
        "holds": any(not each["confirmed"] for each in found),
        "findings": sorted(found, key=lambda each: each["confirmed"]),
        "confirmations": [_confirmation(each) for each in reversed(item.confirmations)],
    }


def _confirmation(told: dict[str, Any]) -> dict[str, Any]:
    by = person_reference(told["by_id"], told["by_label"])
    return {**{name: told[name] for name in ("findings", "edition", "reason", "at")}, "by": by}
