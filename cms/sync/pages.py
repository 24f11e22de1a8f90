"""One page of a copy: what the log tells after its position, and the position behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from cms.consumers.usage.copies import Copy
from cms.core import clock
from cms.publishing.delivered import DeliveredType, DeliveredTypes
from cms.publishing.walking import BEFORE_ALL
from cms.serving.admission import DeliveryRequest
from cms.serving.copy_limits import BYTES_OF_PAGE
from cms.serving.finished import FinishedAnswer
from cms.serving.responding import Basis, Body, respond
from cms.sync.entries import Entry, Keep, Remove, late_entries, stretch_of_items, with_moved_on
from cms.sync.followed import Followed, carriers, followed
from cms.sync.lines import Lines
from cms.sync.positions import FROM_THE_BEGINNING, SyncPosition, opened, page_address
from cms.sync.references import REFERENCE_TYPES, merged_since, reference_entries

Query = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The entries of a page, more than fit perhaps, and the position behind all of them."""

    entries: Sequence[Entry]
    behind: SyncPosition
    is_complete: bool


def read_page(request: DeliveryRequest, types: DeliveredTypes, query: Query) -> FinishedAnswer:
    """The page that the query asks for. Raises as `asked_position` does."""
    position = asked_position(request, types, query)
    copied = followed(request, content_of(types, position), position, query)
    copy = request.sources.copy(position.types, position.filters)
    basis = Basis(topics=topics_of(position), groups=("sync",), copy=copy)
    # What is answered without being computed, 304, says that it has all of it.
    copy.complete(request.heads, request.now)
    return respond(request, basis, lambda sequence: _page_body(request, copied, query, sequence, copy))


def asked_position(request: DeliveryRequest, types: DeliveredTypes, query: Query) -> SyncPosition:
    """The position of a request, or the beginning with its filters. Raises `BadRequest` and `Gone` as `opened` does."""
    names = tuple(each.name for each in types.types)
    if "position" in query:
        return opened(query["position"], request, {*names, *REFERENCE_TYPES}, query)
    filters = {name: words for name, words in query.items() if name in types.filter_names}
    return SyncPosition(query.get("type", names), {name: _words(words) for name, words in filters.items()})


def content_of(types: DeliveredTypes, position: SyncPosition) -> list[DeliveredType]:
    """The content types of a copy."""
    return [each for each in types.types if each.name in position.types]


def topics_of(position: SyncPosition) -> tuple[str, ...]:
    """The topics that a copy depends on as a whole; those of content are noted by what it follows."""
    return ("reference",) if any(name in REFERENCE_TYPES for name in position.types) else ()


def _words(value: Any) -> tuple[str, ...]:
    return (str(value),) if isinstance(value, str) else tuple(value)


def _page_body(request: DeliveryRequest, copied: Followed, query: Query, newest: int, copy: Copy) -> Body:
    copied = _begun(copied, newest)
    gathered = _gathered(request, copied, max(copied.position.after, newest), query["limit"])
    lines = Lines(request.sources, copied.walk, carriers(request.sources, copied.position), query.get("fields"))
    parts, number = lines.written(gathered.entries, query.get("max_bytes", BYTES_OF_PAGE))
    if number < len(gathered.entries):
        last = gathered.entries[number - 1]
        gathered = Gathered((), copied.position.moved(last.after, last.late), is_complete=False)
    if not gathered.is_complete:
        copy.note(request.heads.epoch, max(gathered.behind.after, 0), request.now)
    following = page_address(gathered.behind, request, query)
    about = orjson.dumps({"links": {"next": following}, "meta": _meta(request, gathered)})
    # One join of all parts: a page can have megabytes, and each further copy of them shows (`sync_first` of the benchmark).
    content = b"".join((b'{"data":[', *parts, b"],", about[1:]))
    # Every reader asks for the pages of a first copy once; whether there is news, again and again.
    is_repeated = gathered.is_complete and not parts
    return Body(content, [("Link", f'<{following}>; rel="next"')], is_repeated)


def _begun(copied: Followed, newest: int) -> Followed:
    """What changes while the first copy is read comes again behind the newest line, also what is taken back by then."""
    if copied.position.after != FROM_THE_BEGINNING:
        return copied
    return replace(copied, position=replace(copied.position, whole=newest, began=newest))


def _meta(request: DeliveryRequest, gathered: Gathered) -> dict[str, Any]:
    since = request.sources.due_since()
    late = {"due_since": clock.rfc3339(clock.from_micros(since))} if since else {}
    epoch, base = request.heads.epoch, request.sources.public_url
    told = {"sequence": gathered.behind.after, "epoch": epoch, "complete": gathered.is_complete}
    return {**told, "media_base": base, **late}


def _gathered(request: DeliveryRequest, copied: Followed, until: int, limit: int) -> Gathered:
    """The entries after the position, at most `limit`, or more where several have one line."""
    position = copied.position
    stretch = with_moved_on(copied, stretch_of_items(copied, until, limit), until)
    found = [
        entry for entry in reference_entries(request.sources, position, until) if entry.sequence <= stretch.reached
    ]
    entries = sorted([*stretch.entries, *found], key=lambda entry: entry.sequence)
    if len(entries) > limit:
        entries = _first(entries, limit)
        return Gathered(entries, position.moved(entries[-1].after, BEFORE_ALL), is_complete=False)
    if stretch.reached < until:
        return Gathered(entries, position.moved(stretch.reached, BEFORE_ALL), is_complete=False)
    return _with_late(request, copied, entries, until, limit)


def _with_late(request: DeliveryRequest, copied: Followed, entries: list[Entry], until: int, limit: int) -> Gathered:
    """The last entries of the log, and what has happened without a line."""
    entries += merged_since(request.sources, copied.position, until)
    if request.sources.due_since():
        told = frozenset(each.content.item.id for each in entries if isinstance(each.content, Keep | Remove))
        late = late_entries(copied, until, max(limit - len(entries), 0), told)
        entries += late.entries
        if late.last is not None:
            return Gathered(entries, copied.position.moved(until, late.last), is_complete=False)
        if request.sources.has_log_moved():
            # Somebody has carried it out meanwhile: it is late no more, and its lines are behind those of this page.
            return Gathered(entries, copied.position.moved(until, BEFORE_ALL), is_complete=False)
    day = request.sources.reference_data().since if "agency" in copied.position.types else 0
    return Gathered(entries, copied.position.completed(until, day), is_complete=True)


def _first(entries: Sequence[Entry], limit: int) -> list[Entry]:
    """The first of them; those of one line are not divided."""
    end = limit
    while end < len(entries) and entries[end].sequence == entries[limit - 1].sequence:
        end += 1
    return list(entries[:end])
