"""The lines of the log that readers may learn of, thin: what happened to what, never the content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from flask import Response

from cms.changes.actions import ContentVerb
from cms.changes.facts import EndingKind
from cms.changes.public_lines import PublicLine
from cms.core.clock import rfc3339
from cms.core.errors import Gone
from cms.core.raw_columns import moment_value
from cms.publishing.delivered import DeliveredTypes
from cms.serving.admission import DeliveryRequest
from cms.serving.responding import Basis, Body, respond
from cms.sync.lines import item_digest
from cms.sync.references import REFERENCE_TYPES

Query = Mapping[str, Any]
PATH: Final = "/v1/changes"
WINDOW: Final = 1_000
"""Lines that are looked at for one answer."""


def read_changes(request: DeliveryRequest, types: DeliveredTypes, query: Query) -> Response:
    """The lines after a position, oldest first. Raises `Gone("position_expired")` for a position of another epoch."""
    after = _asked(request, query)
    names = query.get("type") or (*(each.name for each in types.types), *REFERENCE_TYPES)
    topics = {request.sources.topics.get(name, "reference") for name in names}
    basis = Basis(topics=tuple(sorted(topics)), groups=("changes",))
    return respond(request, basis, lambda newest: _body(request, frozenset(names), query, after, newest))


def _asked(request: DeliveryRequest, query: Query) -> int:
    if "after" not in query:
        return 0
    epoch, _, sequence = query["after"].partition("-")
    if epoch != request.heads.epoch:
        raise Gone("position_expired", extra={"snapshot": _address(request, query, None)})
    return int(sequence)


def _body(request: DeliveryRequest, names: frozenset[str], query: Query, after: int, newest: int) -> Body:
    limit: int = query["limit"]
    lines = request.sources.public_lines(names, after, newest, WINDOW)
    shown = _shown(request, [line for line in lines if line.type in names], query)
    is_complete = len(lines) < WINDOW and len(shown) <= limit
    reached = (
        max(after, newest) if is_complete else shown[limit - 1].sequence if len(shown) > limit else lines[-1].sequence
    )
    following = _address(request, query, f"{request.heads.epoch}-{reached}")
    rows = [_row(request.heads.epoch, line) for line in shown[:limit]]
    told = {"sequence": reached, "epoch": request.heads.epoch, "complete": is_complete}
    meta = {**told, "media_base": request.sources.public_url}
    content = orjson.dumps({"data": rows, "links": {"next": following}, "meta": meta})
    return Body(content, [("Link", f'<{following}>; rel="next"')], is_repeated=is_complete and not rows)


def _shown(request: DeliveryRequest, lines: Sequence[PublicLine], query: Query) -> Sequence[PublicLine]:
    """Those that the agencies of the query and of the key let through; reference data are for everybody."""
    sources = request.sources
    if "agency" in query:
        owners = sources.with_predecessors("owners", query["agency"])
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


def _row(epoch: str, line: PublicLine) -> dict[str, Any]:
    facts, verb = line.facts, line.action.partition(".")[2]
    makes = "digest" in facts and verb != ContentVerb.UNPUBLISHED
    ending = facts.get("ending")
    return {
        "sequence": line.sequence,
        "recorded_at": rfc3339(moment_value(line.recorded_at)),
        "action": line.action,
        "type": line.type,
        "id": line.id,
        "agency": line.agency,
        "update": facts.get("update"),
        # Who vanished leaves no reason, here as in copies.
        "ending": None if ending == EndingKind.VANISH else ending,
        "cause": facts["cause"]["kind"] if facts.get("cause") else None,
        "digest": item_digest(epoch, line.id, line.sequence) if makes else None,
    }


def _address(request: DeliveryRequest, query: Query, after: str | None) -> str:
    words = {name: ",".join(query[name]) for name in ("type", "agency") if name in query}
    words |= {"limit": str(query["limit"])} | ({} if after is None else {"after": after})
    return f"{request.sources.public_url}{PATH}?{urlencode(words, safe=',')}"
