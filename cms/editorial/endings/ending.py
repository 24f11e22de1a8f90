"""The ways to end an item: gone, redirected, withdrawn but readable, vanished."""

from __future__ import annotations

from dataclasses import dataclass

from cms.publishing.models import Standing

KINDS: dict[Standing, str] = {
    Standing.GONE: "gone",
    Standing.REDIRECTED: "redirect",
    Standing.WITHDRAWN: "withdrawn",
    Standing.VANISHED: "vanish",
}
"""The names of the four endings in the API."""
EXPLAINED = frozenset({Standing.GONE, Standing.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Ending:
    """How an item ends. `to` is where readers are sent: an address, a path of the same site, or the id of an item."""

    standing: Standing
    explanation: str | None = None
    to: str | None = None
