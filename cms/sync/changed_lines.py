"""The lines of the log that readers may learn of, thin: what happened to what, never the content."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from cms.changes.public_lines import PublicLine, line_for_readers
from cms.core.errors import BadRequest, Gone, InputError
from cms.publishing.delivered import DeliveredTypes
from cms.serving.admission import DeliveryRequest
from cms.serving.finished import FinishedAnswer
from cms.serving.responding import Basis, Body, respond
from cms.serving.sources import Sources
from cms.sync.references import REFERENCE_TYPES

Query = Mapping[str, Any]
PATH: Final = "/v1/changes"
POSITION: Final = re.compile("[0-9a-z]{1,16}-[0-9]{1,18}")
POSITION_IN_WORDS: Final = "<epoch>-<sequence>"
WINDOW: Final = 1_000
"""Lines that are looked at for one answer."""


def read_changes(request: DeliveryRequest, types: DeliveredTypes, query: Query) -> FinishedAnswer:
    """The lines after a position, oldest first. Raises `Gone("position_expired")` for a position of another epoch, `BadRequest` for one that is still to come."""
    after, wanted = asked_position(request, query), Wanted.of(types, query)
    topics = {request.sources.topics.get(name, "reference") for name in wanted.names}
    basis = Basis(topics=tuple(sorted(topics)), groups=("changes",))
    if "wait" in query:
        # The link to the next page names it. Noted ahead, so that the answer is computed once.
        request.sources.waits_at()
    return respond(request, basis, lambda newest: _body(request, wanted, query, after, newest))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines a caller asks for: about these types, of these agencies (None: of all)."""

    names: frozenset[str]
    agencies: tuple[str, ...] | None

    @classmethod
    def of(cls, types: DeliveredTypes, query: Query) -> Wanted:
        """As the query names them."""
        names = query.get("type") or (*(each.name for each in types.types), *REFERENCE_TYPES)
        return cls(frozenset(names), tuple(query["agency"]) if "agency" in query else None)


def asked_position(request: DeliveryRequest, query: Query) -> int:
    """The line after which the caller goes on, 0 for the beginning.

    Raises `Gone("position_expired")` for a position of another epoch, `BadRequest` for one that nobody was given.
    """
    if "after" not in query:
        return 0
    epoch, _, sequence = query["after"].partition("-")
    if epoch != request.heads.epoch:
        raise Gone("position_expired", extra={"snapshot": _address(request, query, None)})
    if int(sequence) > request.heads.sequence:
        # Nobody was given it: whoever went on from it would wait for lines that come to others.
        raise BadRequest(
            "invalid_position", errors=[InputError("parameter", "after", "too_big", {"max": request.heads.sequence})]
        )
    return int(sequence)


def _body(request: DeliveryRequest, wanted: Wanted, query: Query, after: int, newest: int) -> Body:
    limit: int = query["limit"]
    lines = request.sources.public_lines(wanted.names, after, newest, WINDOW)
    shown = shown_lines(request.sources, lines, wanted)
    is_complete = len(lines) < WINDOW and len(shown) <= limit
    reached = (
        max(after, newest) if is_complete else shown[limit - 1].sequence if len(shown) > limit else lines[-1].sequence
    )
    following = _address(request, query, f"{request.heads.epoch}-{reached}")
    rows = [line_for_readers(request.heads.epoch, line) for line in shown[:limit]]
    told = {"sequence": reached, "epoch": request.heads.epoch, "complete": is_complete}
    meta = {**told, "media_base": request.sources.public_url}
    content = orjson.dumps({"data": rows, "links": {"next": following}, "meta": meta})
    return Body(content, [("Link", f'<{following}>; rel="next"')], is_repeated=is_complete and not rows)


def shown_lines(sources: Sources, lines: Sequence[PublicLine], wanted: Wanted) -> Sequence[PublicLine]:
    """Those that are asked for and that the agencies of the key let through; reference data are for everybody."""
    lines = [line for line in lines if line.type in wanted.names]
    if wanted.agencies is not None:
        owners = sources.with_predecessors("owners", wanted.agencies)
        lines = [line for line in lines if line.agency in owners]
    visible = sources.visible_agencies()
    if visible is None:
        return lines
    of_others = {
        line.id: line.agency or "" for line in lines if line.type in sources.topics and line.agency not in visible
    }
    # One statement for all items of other owners: on the channels of the key's agencies, or carried by them.
    carried = sources.shown(of_others) if of_others else set()
    return [line for line in lines if line.id not in of_others or line.agency in visible or line.id in carried]


def _address(request: DeliveryRequest, query: Query, after: str | None) -> str:
    words = {name: ",".join(query[name]) for name in ("type", "agency") if name in query}
    words |= {name: str(query[name]) for name in ("limit",) if name in query} | (
        {} if after is None else {"after": after}
    )
    server = request.sources.public_url
    if "wait" in query and after is not None:
        words["wait"], server = str(query["wait"]), request.sources.waits_at() or server
    return f"{server}{PATH}?{urlencode(words, safe=',')}" if words else f"{server}{PATH}"
