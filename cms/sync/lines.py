"""Entries of a page as JSON text: rows become text directly, a hundred publications at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from cms.changes.public_lines import item_digest
from cms.publishing.models import Standing
from cms.publishing.splicing import as_repost
from cms.publishing.walking import MovedOn, Walk, Walked
from cms.serving.places import LIVE_UNLESS_ENDED, redirected_place
from cms.serving.projection import reshaped
from cms.serving.sources import Sources
from cms.sync.entries import Entry, Keep, KeepReference, Left, Remove

AT_ONCE: Final = 100
"""Publications whose texts are in memory together."""
Line = tuple[bytes, ...]
"""The parts of one line; none for what has no text any more."""


def text_digest(text: str) -> str:
    """The same of something that is not published in editions: of its text."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(slots=True)
class Lines:
    """Writes entries. `names` are the carriers as JSON by slug, `picked` the fields that are asked for; None means all."""

    sources: Sources
    walk: Walk
    names: Mapping[str, str]
    picked: Sequence[str] | None
    _slugs: dict[str, list[str]] = field(default_factory=dict)

    def written(self, entries: Sequence[Entry], most_bytes: int) -> tuple[list[bytes], int]:
        """As many of the first entries as fit, at least one, as parts of a JSON list, and how many these are. A page never ends between two
        entries with one position. A schedule that was taken back this moment has no text any more, and will have a line: it is left out.
        """
        parts, size = list[bytes](), 0
        for number, line in enumerate(self._all(entries)):
            added = sum(map(len, line))
            if size and size + added > most_bytes and _behind(entries[number - 1]) != _behind(entries[number]):
                return parts, number
            if added:
                if size:
                    parts.append(b",")
                parts += line
                size += added
        return parts, len(entries)

    def _all(self, entries: Sequence[Entry]) -> Iterator[Line]:
        removed = [entry.content.item.id for entry in entries if isinstance(entry.content, Remove)]
        self._slugs = self.walk.slugs(removed) if removed else {}
        for begin in range(0, len(entries), AT_ONCE):
            part = entries[begin : begin + AT_ONCE]
            kept = [each.content.item.publication_id for each in part if isinstance(each.content, Keep)]
            texts = self.walk.texts([known for known in kept if known is not None])
            for entry in part:
                yield self._line(entry, texts)

    def _line(self, entry: Entry, texts: Mapping[int, bytes]) -> Line:
        content = entry.content
        if isinstance(content, Keep):
            return self._kept(entry.sequence, content, texts)
        if isinstance(content, KeepReference):
            return _upsert(entry.sequence, content.type, content.id, text_digest(content.text), content.text.encode())
        if isinstance(content, Left):
            return (orjson.dumps({**_head(entry, content.item), "op": "leave"}),)
        return (orjson.dumps({**_head(entry, content.item), **self._removal(content)}),)

    def _kept(self, sequence: int, content: Keep, texts: Mapping[int, bytes]) -> Line:
        item = content.item
        text = texts.get(item.publication_id or 0)
        if text is None:
            return ()
        digest = item_digest(self.sources.heads.epoch, item.id, item.publication_sequence, content.shown_as)
        return _upsert(sequence, item.type, item.id, digest, self._shown(content, text))

    def _shown(self, content: Keep, stored: bytes) -> bytes:
        if not content.shown_as and self.picked is None:
            return stored
        text = stored.decode()
        if content.shown_as:
            slug, _, note = content.shown_as.partition(" ")
            text = as_repost(text, self.names[slug], note)
        if self.picked is not None:
            text = reshaped(text, self.picked, (), self.sources.reference_data)
        return text.encode()

    def _removal(self, content: Remove) -> dict[str, Any]:
        item = content.item
        if item.publication_id is not None:
            return {"op": "leave"}
        # What vanished leaves no trace: not the addresses that it had, of which this copy may know one and another copy none.
        slugs = [] if item.standing == Standing.VANISHED else self._slugs.get(item.id, [])
        told = {"op": "delete", "agency": item.agency, "slugs": slugs}
        return {**told, **self._ending(content)}

    def _ending(self, content: Remove) -> dict[str, Any]:
        """How it ended, as its detail tells it."""
        item = content.item
        if item.standing == Standing.VANISHED:
            return _told(None)
        if item.standing in LIVE_UNLESS_ENDED:
            ended = next((each for each in content.before if each.has_ended), None)
            return _told("gone", ended and ended.end_explanation)
        if item.standing == Standing.REDIRECTED:
            place = redirected_place(self.sources, item.target_id, item.alternative)
            return _told("redirected" if place else "gone", item.explanation, place["canonical_url"] if place else None)
        return _told("gone", item.explanation, item.alternative)


def _behind(entry: Entry) -> tuple[int, tuple[int, int]]:
    return entry.after, entry.late


def _told(reason: str | None, explanation: str | None = None, to: str | None = None) -> dict[str, Any]:
    return {"reason": reason, "explanation": explanation, "to": to}


def _head(entry: Entry, item: Walked | MovedOn) -> dict[str, Any]:
    return {"op": "", "sequence": entry.sequence, "type": item.type, "id": item.id}


def _upsert(sequence: int, type: str, id: str, digest: str, text: bytes) -> Line:
    head = f'{{"op":"upsert","sequence":{sequence},"type":"{type}","id":"{id}","digest":"{digest}","item":'
    return head.encode(), text, b"}"
