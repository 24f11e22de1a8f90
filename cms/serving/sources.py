"""The only way for a delivery answer to read data: every read is noted as a dependency (import-linter stops any other way)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from zoneinfo import ZoneInfo

from cms.changes.heads import Heads
from cms.changes.public_lines import PublicLine, ReferenceLine, public_lines, reference_lines
from cms.consumers.key_cache import KeyHolder
from cms.consumers.usage.copies import Copy
from cms.core.cursors import Cursors
from cms.core.reading import Reader
from cms.publishing.reading import Address, Page, PublishedState
from cms.publishing.revisions import revisions
from cms.publishing.selection import Selection
from cms.publishing.site_maps import SitePart
from cms.publishing.term_counts import TermPage, TermScope
from cms.publishing.walking import Walk
from cms.serving.late_schedules import due_since
from cms.serving.reference_data import ReferenceData
from cms.serving.state import ServingState
from cms.serving.validity import NEVER_MOVED, Dependencies
from config import Settings

T = TypeVar("T")
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
    def settings(self) -> Settings:
        """Those of the application, which never change while a process runs."""
        return self.state.settings

    @property
    def cursors(self) -> Cursors:
        """Makes and reads cursors. Their key is part of every ETag, so it is not noted."""
        return self.state.cursors

    @property
    def public_url(self) -> str:
        """What stands before every path. Part of every ETag, so it is not noted."""
        return self.state.public_url

    def copy(self, types: Sequence[str], filters: Mapping[str, Sequence[str]]) -> Copy:
        """The consumer's copy with these types and filters, to note how far it is. No answer shows it, so it is not noted."""
        return self.state.copies.of(self.holder.consumer_id, types, filters)

    def waits_at(self) -> str | None:
        """The address of the process in which requests may wait, None where there is none; noted as a fact."""
        address = self.state.settings.waits_at
        self.dependencies.note_fact("waiting", address)
        return address

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

    def requests_per_minute(self) -> int:
        """What the caller may send in a minute, 0 without a limit; noted as a fact, because settings have a part in it."""
        found = self.state.limits.per_minute(self.holder)
        self.dependencies.note_fact("requests_per_minute", found)
        return found

    def reference_data(self) -> ReferenceData:
        """Agencies, areas, categories and information kinds."""
        found = self.state.reference_data(self.heads.reference, self.now)
        self.dependencies.note_topics(_REFERENCE)
        self.dependencies.note_period(found.since, found.until)
        return found

    def due_since(self) -> int:
        """Since when a schedule of what was read is due and not carried out (microseconds since 1970); 0 when none is."""
        return due_since(self.state.head, self.heads, self.dependencies.followed, self.now)

    def has_log_moved(self) -> bool:
        """True when the log is further by now than what this answer is made of; read exactly."""
        return self.state.head.read(self.state.reader).sequence > self.heads.sequence

    def looked_up(self) -> ReferenceData:
        """The same, for an answer that shows nothing of it: what it takes from there is noted with `note_fact`."""
        found = self.state.reference_data(self.heads.reference, self.now)
        self.dependencies.note_looked_up("reference", found.since, found.until)
        return found

    def shown_names(self, agencies: Iterable[str]) -> dict[str, str]:
        """These agencies as shown inside content, as JSON; noted as a fact."""
        reference_data = self.looked_up()
        found = {slug: reference_data.reference_json(slug) for slug in agencies}
        self.dependencies.note_fact("names", sorted(found.items()))
        return found

    def visible_agencies(self) -> frozenset[str] | None:
        """The agencies whose content the key shows, predecessors included; None means all."""
        if self.holder.agencies is None:
            return None
        return self.with_predecessors("visible", self.holder.agencies)

    def with_predecessors(self, name: str, agencies: Collection[str]) -> frozenset[str]:
        """These agencies and those that were merged into them; noted as a fact of this name."""
        found = self.looked_up().directory.with_predecessors(agencies)
        self.dependencies.note_fact(name, sorted(found))
        return found

    def channels(self, asked: Collection[str]) -> tuple[str, ...]:
        """These channels and those of agencies that were merged into them: the site of an agency shows their content too."""
        return tuple(sorted(self.with_predecessors("channels", asked)))

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
        owners = self.with_predecessors("owners", asked)
        return tuple(sorted(owners if visible is None else owners & visible))

    def item(self) -> PublishedState | None:
        """The item of a detail."""
        if self.read_item is None:
            return None
        kind, item_id, state = self.read_item
        live = (None, None) if state is None else (state.sequence, state.live_until)
        self.dependencies.note_item((kind, item_id), live, (state and state.updated_at) or 0)
        return state

    def expect_page(self, selection: Selection) -> None:
        """Note what a page depends on: the owners or the channels that it asks for, whichever are fewer, else the whole type."""
        topic = self.topics[selection.type]
        sought = {"agency": selection.agencies, "channel": selection.terms.get("channel")}
        narrow = [(agencies, scheme) for scheme, agencies in sought.items() if agencies is not None]
        if not narrow:
            self.dependencies.note_topics({topic})
            return
        agencies, scheme = min(narrow, key=lambda each: len(each[0]))
        known = self.state.positions(selection.type, getattr(self.heads, topic))
        positions = {agency: known.get((scheme, agency), NEVER_MOVED) for agency in agencies}
        self.dependencies.note_parts(topic, scheme, positions)

    def page(self, selection: Selection, *, is_full: bool = False, is_counted: bool = False) -> Page:
        """One page of a list."""
        self.expect_page(selection)
        newest = getattr(self.heads, f"{self.topics[selection.type]}_at")
        return self.state.publications.page(selection, self.now, newest, is_full=is_full, is_counted=is_counted)

    def absent_terms(self, selection: Selection, scheme: str) -> list[str]:
        """The ones of the terms of this scheme that no item has among those of the owners and channels that are asked for."""
        self.expect_page(selection)
        scope = TermScope((selection.type,), selection.agencies, selection.terms.get("channel", ()))
        terms = selection.terms[scheme]
        return self.state.publications.absent_terms(scope, scheme, terms, self.now)

    def counted_terms(self, scope: TermScope, scheme: str, page: TermPage) -> list[tuple[str, int]]:
        """One page of terms with the number of items that have them, and the first of the next page."""
        self.dependencies.note_topics(self.topics[name] for name in scope.types)
        return self.state.publications.counted_terms(scope, scheme, page, self.now)

    def site_parts(self, agencies: Collection[str], news: str) -> list[SitePart]:
        """The parts that these agencies have in sitemaps; `news` is the type that is news."""
        self.expect_site(agencies)
        return self.state.publications.site_parts(self.topics, agencies, news, self.now)

    def expect_site(self, agencies: Collection[str]) -> None:
        """Note what sitemaps depend on: all types of these owners."""
        for name in self.topics:
            self.expect_page(Selection(name, tuple(sorted(agencies))))

    def site_cards(self, agency: str, part: int) -> list[str]:
        """The cards of one part."""
        self.expect_site((agency,))
        return self.state.publications.site_cards(self.topics, agency, part, self.now)

    def items(self, ids: Sequence[str], *, is_full: bool) -> list[tuple[str, str, str]]:
        """(id, agency, JSON) of live items."""
        self.dependencies.note_topics(self.state.head.content)
        return self.state.publications.items(ids, self.now, is_full=is_full)

    def revisions(self, selection: Selection, item_ids: Sequence[str]) -> Mapping[str, int]:
        """How often each of these items of a page of `selection` was written anew for readers: 0 for what was published once."""
        self.expect_page(selection)
        return revisions(self.state.reader, item_ids, self.now)

    def walk(self, selections: Iterable[Selection]) -> Walk:
        """Published items of some types in the order of the log; of each type those that its selection could show."""
        walked = tuple(selections)
        for selection in walked:
            self.expect_page(selection)
        return Walk(self.state.reader, tuple(selection.type for selection in walked), self.now)

    def searched(self, topics: Iterable[str]) -> Reader:
        """What a search of these topics reads through: anything of them can be a hit."""
        self.dependencies.note_topics(topics)
        return self.state.reader

    def shared(self, name: str, compute: Callable[[], T]) -> T:
        """What is the same for all who ask for `name` while nothing noted so far has changed; what `compute` reads has to be noted before.
        Raises `Unavailable` when other results are computed for too long.
        """
        # While something is late, what is there changes by the clock.
        late = self.now if self.due_since() else 0
        key = repr((name, late, *self.dependencies.state(self.heads)))
        found: T = self.state.shared.get(hashlib.blake2b(key.encode(), digest_size=16).digest(), compute)
        return found

    def public_lines(self, types: Collection[str], after: int, until: int, most: int) -> list[PublicLine]:
        """The next lines of the log that readers may learn of, oldest first; an answer shows those of these types at most."""
        self.dependencies.note_topics(self.topics.get(name, "reference") for name in types)
        return public_lines(self.state.reader, after, until, most)

    def reference_lines(self, types: Collection[str], after: int, until: int) -> list[ReferenceLine]:
        """The newest lines of these parts of the reference data, in their order."""
        self.dependencies.note_topics(_REFERENCE)
        return reference_lines(self.state.reader, types, after, until)

    def _shown_beside(self, agencies: Collection[str], item_ids: Sequence[str]) -> set[str]:
        """Those of the items that these agencies carry or have on their channels; a new carrier renders the item again."""
        if any(item_id != self.dependencies.item_id for item_id in item_ids):
            self.dependencies.note_topics(self.state.head.content)
        return self.state.publications.shown_by(agencies, item_ids, self.now)

    def address(self, type: str, agencies: Sequence[str], slug: str) -> Address | None:
        """The item that is or was published at an address."""
        self.dependencies.note_topics({self.topics[type]})
        return self.state.publications.address(type, agencies, slug, self.now)

    def legacy_address(self, key: str) -> Address | None:
        """The item that had this address before it came here. One that is published keeps it, so only content moves the answer."""
        self.dependencies.note_topics(self.state.head.content)
        return self.state.publications.legacy_address(key, self.now)

    def target(self, item_id: str) -> Address | None:
        """The final target of a redirect, over items of any type."""
        self.dependencies.note_topics(self.state.head.content)
        return self.state.publications.target(item_id, self.now)

    def ended_by_time(self, item_id: str) -> tuple[bool, str | None]:
        """The scheduled end of the item if it has come, with the explanation for readers."""
        if item_id != self.dependencies.item_id:
            self.dependencies.note_topics(self.state.head.content)
        return self.state.publications.ended_by_time(item_id, self.now)
