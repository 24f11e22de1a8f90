"""The findings of personal data in an item as it is now, and which of them still hold its publication.

Nothing is scanned here: texts were when they were saved, files when they were read. Only an edition from before the guard is looked through now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from cms.core.errors import Conflict
from cms.editorial.items.models import Edition, Item
from cms.editorial.moderating import texts_of
from cms.privacy.findings import findings_in_texts

Told = dict[str, Any]
NO_PLACE: Final[Mapping[str, Any]] = {
    "pointer": "",
    "file": None,
    "page": None,
    "sheet": None,
    "line": None,
}


def present_findings(item: Item, edition: Edition) -> list[Told]:
    """All findings in an edition of the item and in the files that it shows, as the API tells them."""
    found = edition.personal_data
    if found is None:
        texts = texts_of(edition.content, {}, edition.body_html, edition.body_text)
        found = [each.as_json() for each in findings_in_texts(texts)]
    in_files = item.content_type.in_files(item.id, edition.content)
    return [{**NO_PLACE, **each} for each in (*found, *in_files)]


def open_findings(item: Item, edition: Edition) -> list[Told]:
    """The findings that nobody has confirmed."""
    return [each for each in present_findings(item, edition) if each["id"] not in item.confirmed]


def check_personal_data(item: Item, edition: Edition) -> None:
    """Raise `Conflict("personal_data")`, with the findings, while some are open."""
    if found := open_findings(item, edition):
        raise held_by(found)


def held_by(found: Sequence[Told]) -> Conflict:
    """The refusal that names these findings."""
    kinds = ", ".join(sorted({each["kind"] for each in found}))
    return Conflict(
        "personal_data", kinds=kinds, count=sum(each["count"] for each in found), extra={"findings": list(found)}
    )
