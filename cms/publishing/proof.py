"""Checks that readers get what the log says was published. Pure functions over stored rows, without a database.

An intact log says which digest each publication has (`cms.publishing.digests`), which one readers have now, what is scheduled,
and how an item ended. Rows that differ were altered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from cms.publishing.digests import ending_digest, publication_digest
from cms.publishing.models import Standing

Row = Mapping[str, Any]
SHARED = ("type", "agency", "published_at", "item_number")
FILE = ("file_id", "name", "media_type", "bytes", "sha256", "is_attachment")
WINDOW_VERBS = frozenset({"scheduled", "unscheduled"})
"""Verbs that change the end of the live publication, without a new publication."""

ENDING_VERBS = frozenset({"unpublished", "erased"})


@dataclass(frozen=True, slots=True)
class ContentFinding:
    """One difference from what was published: the item, its edition (None: the item as a whole), and the difference."""

    type: str
    item_id: str
    edition: Any
    what: str

    def sentence(self) -> str:
        """The finding for people."""
        edition = "" if self.edition is None else f", edition {self.edition}"
        return f"{self.type} {self.item_id}{edition}: {self.what}."


@dataclass(frozen=True, slots=True)
class StoredItem:
    """All stored values of one item for readers: raw, but moments are microseconds since 1970."""

    item: Row
    publications: Sequence[Row]
    lines: Sequence[Row]
    terms: Sequence[Row]
    files: Sequence[Row]
    slugs: Sequence[Row]


@dataclass(slots=True)
class _Told:
    """What the log says of an item: the digest of what readers have now and the line that made it, whether that is an ending,
    the scheduled digest, all digests that the item ever had, and those that were erased.
    """

    now: str | None = None
    since: int = 0
    is_ended: bool = False
    scheduled: str | None = None
    known: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)
    sequences: set[Any] = field(default_factory=set)


def findings_of(stored: StoredItem) -> Iterator[ContentFinding]:
    """All differences from the log."""
    told = _told(stored.lines)
    current = [row for row in stored.publications if row["superseded_sequence"] is None]
    live = [row for row in current if not row["is_scheduled"]]
    for row in stored.publications:
        if (what := _fault_of_publication(row, told, stored.item)) is not None:
            yield _finding(stored, row["edition"], what)
    for what in _faults_of_item(stored, live, len(current) > len(live), told):
        yield _finding(stored, None, what)
    for row in current:
        yield from _found_beside(stored, row)


def _faults_of_item(stored: StoredItem, live: Sequence[Row], has_schedule: bool, told: _Told) -> Iterator[str]:
    """What is wrong with the item as a whole."""
    if told.now is not None and not told.is_ended and not live:
        yield "the publication that readers should have is missing"
    if told.scheduled is not None and not has_schedule:
        yield "the scheduled publication is missing"
    if (what := _fault_of_standing(stored.item, live, told)) is not None:
        yield what
    published = {_address(row) for row in stored.publications}
    for slug in stored.slugs:
        if _address(slug) not in published:
            yield f"it was never published under the address {slug['agency']}/{slug['slug']}"


def _address(row: Row) -> tuple[Any, Any, Any]:
    return row["type"], row["agency"], row["slug"]


def _told(lines: Sequence[Row]) -> _Told:
    told = _Told()
    for line in lines:
        told.sequences.add(line["sequence"])
        facts = line["facts"] if isinstance(line["facts"], dict) else {}
        told.erased.update(facts.get("erased", {}).get("publications", ()))
        if "scheduled" in facts:
            told.scheduled = facts["scheduled"]
            told.known.add(str(facts["scheduled"]))
        if "digest" in facts:
            told.known.update([facts["digest"], *facts.get("also", [])])
            verb = str(line["action"]).partition(".")[2]
            told.now, told.is_ended = facts["digest"], verb in ENDING_VERBS
            told.since = told.since if verb in WINDOW_VERBS else line["sequence"]
    return told


def _fault_of_publication(row: Row, told: _Told, item: Row) -> str | None:
    """What is wrong with a publication itself."""
    is_empty = row["full_json"] == row["card_json"] == ""
    if row["digest"] in told.erased or is_empty:
        return _fault_of_erased(row, told, is_empty=is_empty)
    found = _digest(row)
    if found is None or found != row["digest"] or found not in told.known or row["item_id"] != item["id"]:
        return "the publication was altered"
    if row["superseded_sequence"] is None:
        if row["is_scheduled"]:
            return None if found == told.scheduled else "the scheduled publication is not the one in the log"
        is_right = found == told.now and not told.is_ended and row["sequence"] == told.since
        return None if is_right else "readers have a publication that the log has ended or replaced"
    return _fault_of_lines(row, told)


def _fault_of_erased(row: Row, told: _Told, *, is_empty: bool) -> str | None:
    """What is wrong with a publication that was erased: it is empty, has its digest still, and no reader has it."""
    if not is_empty:
        return "it was erased and is here again"
    if row["digest"] not in told.erased:
        return "its texts are missing, and the log does not say that they were erased"
    if row["superseded_sequence"] is None:
        return "readers have a publication that was erased"
    return _fault_of_lines(row, told)


def _fault_of_lines(row: Row, told: _Told) -> str | None:
    """What is wrong with the lines between which readers had it."""
    ended = row["superseded_sequence"]
    if row["sequence"] not in told.sequences or ended not in told.sequences or ended <= row["sequence"]:
        return "the publication begins or ends at a line that is not of this item"
    return None


def _digest(row: Row) -> str | None:
    """The digest of the stored values; None for values that no publication of ours has."""
    try:
        return publication_digest(row)
    except (TypeError, AttributeError):
        return None


def _fault_of_standing(item: Row, live: Sequence[Row], told: _Told) -> str | None:
    """Compare the state that readers see of an item with the log."""
    altered = "what readers are told of its state was altered"
    if told.now is None:
        return None if item["standing"] == Standing.SCHEDULED else altered
    # An ending has a digest of its own; the other states follow from the live publication.
    if told.is_ended:
        try:
            return None if ending_digest(item) == told.now else altered
        except TypeError:
            return altered
    notice = _notice(live[0]) if live else None
    words = (item["explanation"], item["alternative"], item["target_id"])
    if notice is None:
        return None if item["standing"] == Standing.LIVE and words == (None, None, None) else altered
    is_right = item["standing"] == Standing.WITHDRAWN and words == (notice.get("explanation"), None, None)
    return None if is_right else altered


def _notice(row: Row) -> Mapping[str, Any] | None:
    try:
        return orjson.loads(row["full_json"]).get("withdrawn")  # type: ignore[no-any-return]
    except (ValueError, TypeError, AttributeError):
        return None


def _found_beside(stored: StoredItem, row: Row) -> Iterator[ContentFinding]:
    """Check a current publication's terms, files and address, which are in their own tables."""
    try:
        terms = {tuple(term) for term in orjson.loads(row["terms_json"])}
        files = [tuple(file[name] for name in FILE) for file in orjson.loads(row["files_json"])]
    except (ValueError, TypeError, KeyError):
        return
    found = [term for term in stored.terms if term["publication_id"] == row["id"]]
    is_same = all(term[name] == row[name] for term in found for name in SHARED)
    if not is_same or {(term["scheme"], term["term"], term["repost"]) for term in found} != terms:
        yield _finding(stored, row["edition"], "it is found by other terms than it was published with")
    kept = [file for file in stored.files if file["publication_id"] == row["id"]]
    if any(file["item_id"] != row["item_id"] for file in kept) or sorted(
        tuple(file[name] for name in FILE) for file in kept
    ) != sorted(files):
        yield _finding(stored, row["edition"], "its files are not those that it was published with")
    if row["item_number"] != stored.item["number"]:
        yield _finding(stored, row["edition"], "its place in lists was altered")
    if _address(row) not in {_address(slug) for slug in stored.slugs}:
        yield _finding(stored, row["edition"], "its address is missing")


def _finding(stored: StoredItem, edition: Any, what: str) -> ContentFinding:
    return ContentFinding(str(stored.item["type"]), str(stored.item["id"]), edition, what)
