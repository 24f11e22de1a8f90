"""The only way for a delivery answer to read data: every read is noted as a dependency of the answer.

import-linter stops modules that make answers from reading in another way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from cms.changes.heads import Heads
from cms.consumers.key_cache import KeyHolder
from cms.publishing.reading import Address, Page, PublishedState
from cms.publishing.selection import Selection
from cms.publishing.term_counts import TermPage, TermScope
from cms.serving.due import due_since
from cms.serving.reference_data import ReferenceData
from cms.serving.state import ServingState
from cms.serving.validity import Dependencies

ReadItem = tuple[str, str, PublishedState | None]
"""Type, id and state of an item that was read together with the heads."""
_REFERENCE = frozenset({"reference"})
_ACCESS = frozenset({"access"})


@dataclass(slots=True)
class Sources:
    """The data that one request may read, all as of one moment `now` (microseconds since 1970)."""

    state: ServingState
    heads: Heads
    now: int
    holder: KeyHolder
    read_item: ReadItem | None = None
    dependencies: Dependencies = field(default_factory=Dependencies)

    @property
    def topics(self) -> Mapping[str, str]:
        """The topic of each content type."""
        return self.state.head.topics

    @property
    def zone(self) -> ZoneInfo:
        """The city's, which never changes while a process runs."""
        return self.state.zone

    @property
    def public_url(self) -> str:
        """What stands before every path. Part of every ETag, so it is not noted."""
        return self.state.public_url

    def expect(self, topics: Iterable[str]) -> None:
        """Note ahead what an answer will read, so that its tag is known before it is computed."""
        self.dependencies.note_topics(topics)
        if not _REFERENCE.isdisjoint(topics):
            self.reference_data()

    @property
    def key_agencies(self) -> frozenset[str] | None:
        """The agencies that the key names, None for all. Part of every ETag, so it is not noted."""
        return self.holder.agencies

    def key(self) -> KeyHolder:
        """The key itself, for answers about the key."""
        self.dependencies.note_key()
        self.dependencies.note_topics(_ACCESS)
        return self.holder

    def reference_data(self) -> ReferenceData:
        """Agencies, areas, categories and information kinds."""
        found = self.state.reference_data(self.heads.reference, self.now)
        self.dependencies.note_topics(_REFERENCE)
        self.dependencies.note_period(found.since, found.until)
        return found

    def due_since(self) -> int:
        """Since when a plan of what was read is due and not carried out (microseconds since 1970); 0 when none is."""
        return due_since(self.state.head, self.heads, self.dependencies.topics, self.now)

    def visible_agencies(self) -> frozenset[str] | None:
        """The agencies whose content the key shows, predecessors included; None means all."""
        if self.holder.agencies is None:
            return None
        return self.reference_data().directory.with_predecessors(self.holder.agencies)

    def shown(self, items: Mapping[str, str]) -> set[str]:
        """Those of the items (owner by id) that the key shows: of its agencies, on their channels, or carried by them.

        Only items of other owners need the database: one statement for all of them.
        """
        if self.key_agencies is None:
            return set(items)
        # Agencies that the key names need no check of mergers, so mergers do not change the tags of their items.
        shown = {item_id for item_id, owner in items.items() if owner in self.key_agencies}
        if len(shown) < len(items):
            agencies = self.visible_agencies() or frozenset()
            shown |= {item_id for item_id, owner in items.items() if owner in agencies}
            others = sorted(items.keys() - shown)
            shown |= self._shown_beside(agencies, others) if others else set()
        return shown

    def listed_agencies(self, asked: Collection[str] | None, channels: Collection[str] = ()) -> tuple[str, ...] | None:
        """The owners whose items a list may show: the requested ones (None: any) that the key shows; None means all. A key also
        shows items of other owners on the channels of its agencies.
        """
        visible = self.visible_agencies()
        if visible is not None and channels and visible.issuperset(channels):
            visible = None
        if asked is None:
            return None if visible is None else tuple(sorted(visible))
        owners = self.reference_data().directory.with_predecessors(asked)
        return tuple(sorted(owners if visible is None else owners & visible))

    def item(self) -> PublishedState | None:
        """The item of a detail."""
        if self.read_item is None:
            return None
        kind, item_id, state = self.read_item
        live = (None, None) if state is None else (state.sequence, state.live_until)
        self.dependencies.note_item((kind, item_id), live, (state and state.updated_at) or 0)
        return state

    def page(self, selection: Selection, *, is_full: bool = False, is_counted: bool = False) -> Page:
        """One page of a list."""
        topic = self.state.head.topics[selection.type]
        self.dependencies.note_topics({topic})
        newest = getattr(self.heads, f"{topic}_at")
        return self.state.publications.page(selection, self.now, newest, is_full=is_full, is_counted=is_counted)

    def absent_terms(self, type: str, scheme: str, terms: Sequence[str]) -> list[str]:
        """The ones of these terms that no item has that the key shows."""
        self.dependencies.note_topics({self.topics[type]})
        scope = TermScope((type,), self.listed_agencies(None))
        return self.state.publications.absent_terms(scope, scheme, terms, self.now)

    def counted_terms(self, scope: TermScope, scheme: str, page: TermPage) -> list[tuple[str, int]]:
        """One page of terms with the number of items that have them, and the first of the next page."""
        self.dependencies.note_topics(self.topics[name] for name in scope.types)
        return self.state.publications.counted_terms(scope, scheme, page, self.now)

    def items(self, ids: Sequence[str], *, is_full: bool) -> list[tuple[str, str, str]]:
        """(id, agency, JSON) of live items."""
        self.dependencies.note_topics(self.state.head.content)
        return self.state.publications.items(ids, self.now, is_full=is_full)

    def _shown_beside(self, agencies: Collection[str], item_ids: Sequence[str]) -> set[str]:
        """Those of the items that these agencies carry or have on their channels; a new carrier renders the item again."""
        if any(item_id != self._item_id() for item_id in item_ids):
            self.dependencies.note_topics(self.state.head.content)
        return self.state.publications.shown_by(agencies, item_ids, self.now)

    def address(self, type: str, agencies: Sequence[str], slug: str) -> Address | None:
        """The item that is or was published at an address."""
        self.dependencies.note_topics({self.topics[type]})
        return self.state.publications.address(type, agencies, slug, self.now)

    def target(self, item_id: str) -> Address | None:
        """The final target of a redirect, over items of any type."""
        self.dependencies.note_topics(self.state.head.content)
        return self.state.publications.target(item_id, self.now)

    def ended_by_time(self, item_id: str) -> tuple[bool, str | None]:
        """The planned end of the item if it has come, with the explanation for readers."""
        if item_id != self._item_id():
            self.dependencies.note_topics(self.state.head.content)
        return self.state.publications.ended_by_time(item_id, self.now)

    def _item_id(self) -> str | None:
        return None if self.dependencies.item is None else self.dependencies.item[1]
