"""Checks on the words of an image, and on its removal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import exists, select

from cms.core.db import session
from cms.core.errors import Conflict, InputError, Invalid, invalid_field
from cms.core.permissions import Actor
from cms.editorial.images.queries import using_items, visible_uses
from cms.editorial.images.uses import TEXT_FIELDS
from cms.media.models import Image
from cms.media.policies import check_alt
from cms.moderation.assessing import Reason, assess
from cms.publishing.models import PublicationFile

MOST_NAMED: Final = 3


def check_text(image: Image, changes: Mapping[str, Any]) -> None:
    """Alternative text or decorative, not both; and one of them while readers have the image."""
    alt, is_decorative = changes.get("alt", image.alt), changes.get("is_decorative", image.is_decorative)
    check_alt(alt, is_decorative)
    if not (alt or is_decorative) and session.scalar(select(exists().where(PublicationFile.file_id == image.id))):
        raise invalid_field("/alt", "alt_needed", image=image.id)


def gives_alt(image: Image, changes: Mapping[str, Any]) -> bool:
    """True when a change does nothing but say what an image shows, of which nothing was said."""
    changed = {name for name, value in changes.items() if value != getattr(image, name)}
    return not image.has_text and changed <= {"alt", "is_decorative"}


def check_words(actor: Actor, image: Image, changes: Mapping[str, Any]) -> None:
    """Refuse words that would hold an item, because an image has no review of its own.

    The new words are checked alone and together with those that stay, so that no one adds up an advertisement piece by piece.
    Words that were there before were accepted with an item and do not block a change.
    """
    given = {name: changes[name] for name in TEXT_FIELDS if changes.get(name) and changes[name] != getattr(image, name)}
    if not given:
        return
    before = {name: text for name in TEXT_FIELDS if (text := getattr(image, name))}
    after = {**{name: text for name, text in before.items() if name not in changes}, **given}
    # Reasons that the old words gave already do not count against the change.
    known = {_kind(reason) for reason in _assessed(actor, before)}
    found = [*_assessed(actor, given), *(reason for reason in _assessed(actor, after) if _kind(reason) not in known)]
    if found:
        pointers = dict.fromkeys(
            reason.pointer if reason.pointer[1:] in given else f"/{next(iter(given))}" for reason in found
        )
        raise Invalid(errors=[InputError("pointer", pointer, "suspicious_words", {}) for pointer in pointers])


def _assessed(actor: Actor, texts: Mapping[str, str]) -> tuple[Reason, ...]:
    found = assess({f"/{name}": text for name, text in texts.items()}, "")
    return found.with_writers({str(actor.id)}).reasons


def _kind(reason: Reason) -> tuple[str, str]:
    return reason.code, reason.detail


def check_unused(image_id: str, actor: Actor) -> None:
    """Raise `Conflict("in_use")`, which names some of the items that show the image, those that the actor may see."""
    using = using_items(image_id)
    if not using:
        return
    named = [f"{item.title} ({item.id})" for item in visible_uses(image_id, actor, MOST_NAMED)]
    raise Conflict("in_use", count=len(using), titles=", ".join(named) or "items of other agencies")
