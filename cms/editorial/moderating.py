"""Asks moderation about an edition, and acts on the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cms.core.db import current_unit
from cms.core.errors import InputError, Invalid
from cms.core.permissions import Actor
from cms.editorial.content_types import Content
from cms.editorial.edit import Edit
from cms.editorial.items.models import Edition
from cms.moderation.alarms import raise_alarm
from cms.moderation.assessing import Assessment, Reading, Reason, read
from cms.moderation.links import alternative_texts
from cms.moderation.queries import newest_block
from cms.privacy.scanning import find_personal_data

NOT_TEXT: Final = frozenset(
    {"agency", "channel", "kind", "class", "body", "body_format", "language", "category", "areas", "information_kinds"}
    | {
        "cover",
        "id",
        "event_date",
        "begin",
        "end",
        "valid_from",
        "valid_until",
        "made_at",
        "forms",
        "source_url",
        "year",
    }
    | {"from", "until", "role", "variant", "office"}
)
"""Fields that are not read here: codes, days, and the body, which is read as readers get it."""


def texts_of(content: Content, beside: Mapping[str, str], body_html: str, body_text: str) -> dict[str, str]:
    """The texts of an edition by pointer; `beside` are texts that readers see with it but that are not in its content."""
    body = "\n".join((body_text, *alternative_texts(body_html)))
    return {**dict(_texts("", content)), **beside, "/body": body}


def read_content(content: Content, texts: Mapping[str, str], body_html: str) -> Reading:
    """Read the texts of an edition."""
    return read(texts, body_html, _links(content), source=content.get("body") or "")


def _links(content: Content) -> list[str]:
    return [link for link in (content.get("source_url"),) if link]


def link_faults(assessment: Assessment) -> list[InputError]:
    """Faults for links to blocked domains, which are refused, not held."""
    blocked = (reason for reason in assessment.reasons if reason.code == "blocked_link")
    return [InputError("pointer", reason.pointer, "blocked_link", {"domain": reason.detail}) for reason in blocked]


def newly_blocked_links(edition: Edition) -> list[InputError]:
    """Links of a saved edition to domains that were blocked since: a block also applies to editions that wait to be published."""
    if not is_blocked_since(edition, newest_block(current_unit())):
        return []
    return link_faults(read_links(edition).judged())


def is_blocked_since(edition: Edition, blocked_at: datetime | None) -> bool:
    """Whether the last block of a domain came after this edition was saved."""
    return blocked_at is not None and blocked_at >= (edition.saved_at or edition.created_at)


def read_links(edition: Edition) -> Reading:
    """Read the links of an edition."""
    return read({}, edition.body_html, _links(edition.content))


@dataclass(frozen=True, slots=True)
class PublicWords:
    """Public words that are not part of the content and get no review, such as notes. Read before the transaction.

    `pointers` are their places in the body of the request; a reason without such a place is reported at `otherwise`.
    """

    pointers: tuple[str, ...]
    otherwise: str
    reading: Reading
    personal: tuple[str, ...] = ()
    """Places with personal data: nobody could confirm those, as there is no edition."""

    def check(self, actor: Actor) -> None:
        """Refuse what would hold an edition (R-C5, R-C6). Raises `Invalid`."""
        reasons = self.reading.judged().with_writers({str(actor.id)}).reasons
        faults = [InputError("pointer", self._place(reason), *_fault(reason)) for reason in reasons]
        faults += [InputError("pointer", pointer, "has_personal_data") for pointer in self.personal]
        if faults:
            raise Invalid(errors=faults)

    def _place(self, reason: Reason) -> str:
        return reason.pointer if reason.pointer in self.pointers else self.otherwise


def public_words(texts: Mapping[str, str | None], address: tuple[str, str] | None = None) -> PublicWords:
    """Read these texts, by pointer, and an address that readers are sent to, with its pointer. Slow: call it before the lock."""
    said = {pointer: text for pointer, text in texts.items() if text}
    pointer, link = address or ("", "")
    personal = tuple(place for place, text in said.items() if find_personal_data(text))
    return PublicWords(tuple(said), pointer or next(iter(said), ""), read(said, "", [link] if link else []), personal)


def _fault(reason: Reason) -> tuple[str, dict[str, str]]:
    return ("blocked_link", {"domain": reason.detail}) if reason.code == "blocked_link" else ("suspicious_note", {})


def hold(edit: Edit, assessment: Assessment) -> list[str]:
    """Store the reasons to hold the newest edition in its item; returns the codes if they are new."""
    item = edit.item
    assessment = assessment.with_writers(item.writers)
    reasons = [reason.as_json() for reason in assessment.reasons]
    item.vouched_by = sorted({each.person for each in assessment.vouched})
    is_new = bool(reasons) and reasons != item.hold
    item.hold_back(reasons, assessment.version)
    return sorted({reason.code for reason in assessment.reasons}) if is_new else []


def record_hold(edit: Edit, codes: list[str]) -> None:
    """Record that the newest edition is held for these reasons, and raise the alarm; does nothing without reasons."""
    if not codes:
        return
    item = edit.item
    edit.record("held", codes)
    seen = {"item_id": item.id, "type": item.type, "agency": item.agency, "actor_id": edit.actor.id, "reasons": codes}
    raise_alarm(edit.unit, "content_held", **seen)


def _texts(pointer: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if value:
            yield pointer, value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            if name not in NOT_TEXT:
                yield from _texts(f"{pointer}/{name}", part)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _texts(f"{pointer}/{index}", part)
