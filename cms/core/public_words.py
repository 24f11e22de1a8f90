"""The way from features that know nothing of moderation to its look at public words: names, descriptions, addresses.

Moderation lies above them; the application hands its function over when it starts (`Runtime.look_at_words`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from cms.core.errors import InputError, Invalid
from cms.core.permissions import Actor
from cms.core.runtime import runtime


class Finding(NamedTuple):
    """A fault of a public word or link: where (a pointer), which kind, and the domain or number."""

    pointer: str
    code: str
    detail: str


Look = Callable[[Actor, Mapping[str, str], str | None], list[Finding]]
"""Findings in texts (by pointer) and in one address, for the person who says them."""


def refuse_suspicious_words(actor: Actor, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Raise `Invalid` for unreviewed words that moderation would hold in a text.

    `before` and `after` are all the words of one thing, by pointer: words that were there already cause no refusal, but
    suspicious words cannot be added piece by piece.
    """
    if before == after:
        return
    look = runtime().look_at_words
    known = {(each.code, each.detail) for each in look(actor, before, None)} if before else set()
    changed = [pointer for pointer, text in after.items() if before.get(pointer) != text]
    found = [each for each in look(actor, after, None) if (each.code, each.detail) not in known]
    if found:
        places = dict.fromkeys(
            each.pointer if each.pointer in changed else (changed or [each.pointer])[0] for each in found
        )
        raise Invalid(errors=[InputError("pointer", pointer, "suspicious_note") for pointer in places])


def link_finding(actor: Actor, address: str, pointer: str) -> Finding | None:
    """The finding against an address, None when there is none. Raises `Invalid` for a blocked domain."""
    found = runtime().look_at_words(actor, {}, address)
    for each in found:
        if each.code == "blocked_link":
            raise Invalid(errors=[InputError("pointer", pointer, "blocked_link", {"domain": each.detail})])
    return found[0] if found else None
