"""Confirms that found personal data may be public."""

from __future__ import annotations

from collections.abc import Sequence

from cms.core import clock
from cms.core.errors import Conflict, invalid_field
from cms.core.permissions import Actor
from cms.core.versions import Expected
from cms.editorial.content_types import ContentType
from cms.editorial.edit import Edited
from cms.editorial.editing import editing
from cms.editorial.items.policies import Operation
from cms.editorial.items.queries import get_edition
from cms.editorial.personal_data.standing import open_findings
from cms.privacy.scanning import find_personal_data


def confirm_personal_data(
    content_type: ContentType, actor: Actor, item_id: str, expected: Expected, reason: str, findings: Sequence[str]
) -> Edited:
    """Note that exactly these findings may be public, and why. A finding that comes later holds the publication again.

    Raises `Invalid` when the reason itself has personal data, `Conflict`: `nothing_to_confirm`; `findings_changed`, with the findings, when they are
    others than those that are open now.
    """
    if find_personal_data(reason):
        raise invalid_field("/reason", "has_personal_data")
    with editing(content_type, actor, item_id, Operation.CONFIRM, expected) as edit:
        item, edition = edit.item, get_edition(edit.item)
        found = open_findings(item, edition)
        if not found:
            raise Conflict("nothing_to_confirm")
        if {each["id"] for each in found} != set(findings):
            raise Conflict("findings_changed", extra={"findings": found})
        item.confirm({
            "findings": sorted(set(findings)),
            "edition": edition.number,
            "reason": reason,
            "by_id": actor.id,
            "by_label": actor.label,
            "at": clock.rfc3339(clock.now()),
        })  # fmt: skip
        item.touch()
        edit.record("confirmed", ["personal_data"])
    return Edited(item, edition)
