"""Moderation of public words that belong to no edition (`cms.core.public_words`)."""

from __future__ import annotations

from collections.abc import Mapping

from cms.core.permissions import Actor
from cms.core.public_words import Finding
from cms.moderation.assessing import assess


def look_at_words(actor: Actor, texts: Mapping[str, str], address: str | None) -> list[Finding]:
    """The reasons to hold these texts and this address. A domain that only the actor has allowed counts as unknown."""
    said = {pointer: text for pointer, text in texts.items() if text}
    if not said and not address:
        return []
    found = assess(said, "", [address] if address else []).with_writers({str(actor.id)})
    return [Finding(reason.pointer, reason.code, reason.detail) for reason in found.reasons]
