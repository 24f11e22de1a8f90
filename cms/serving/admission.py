"""The entrance of the delivery plane: who holds the key, and which position of the log the answer will reflect."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Request, current_app, g, request

from cms.changes.heads import Heads
from cms.consumers.key_cache import KeyHolder
from cms.consumers.keys import checksum_holds
from cms.consumers.models import Scope
from cms.core.errors import BadRequest, Conflict, Forbidden, InputError, Unauthenticated, Unavailable
from cms.core.ids import is_id
from cms.core.runtime import runtime
from cms.serving.sources import ReadItem, Sources
from cms.serving.state import ServingState, serving_state

ANONYMOUS = KeyHolder(
    consumer_id="",
    key_id="",
    name="anonymous",
    kind="anonymous",
    scopes=frozenset(Scope),
    agencies=None,
    origins=frozenset(),
    expires_at=datetime(9999, 1, 1, tzinfo=UTC),
)

_DEMAND = re.compile(r"(?P<sequence>[0-9]{1,18})(?: *; *epoch=(?P<epoch>[0-9a-z]{1,16}))?")


@dataclass(frozen=True, slots=True)
class DeliveryRequest:
    """One admitted request: the log's heads as they were read for it, its moment `now` (microseconds since 1970), and what
    an answer to it may be made of.

    `http` and `state` are the things themselves: every look through Flask's proxies costs more than what it finds.
    """

    http: Request
    state: ServingState
    holder: KeyHolder
    heads: Heads
    now: int
    sources: Sources


def admit(token: str | None, scope: str | None) -> KeyHolder:
    """Let the caller of a delivery route in and remember it as `DeliveryRequest`.

    Raises `Unauthenticated` without a valid key, `Forbidden("scope_missing")`, `Unavailable("not_there_yet")` when the
    caller demands a position of the log that has not been reached (`Min-Seq`), and `Conflict("epoch_changed")` when he demands
    one of another epoch.
    """
    if token is None and not runtime().settings.delivery_anonymous:
        raise Unauthenticated
    if token is not None and not checksum_holds(token):
        # A mistyped key is refused without touching the database.
        raise Unauthenticated("invalid_token")
    asked, state = request._get_current_object(), serving_state()  # type: ignore[attr-defined]  # noqa: SLF001 - Werkzeug's documented way
    now, heads, item = state.at_believed_moment(lambda moment: _read_position(asked, state, moment))
    state.note_epoch(heads.epoch)
    g.heads = heads
    runtime().signing_keys.as_of(heads.access)
    holder = ANONYMOUS if token is None else state.keys.holder(token, heads.access)
    if scope is not None and scope not in holder.scopes:
        raise Forbidden("scope_missing", scope=scope)
    _check_demanded_position(asked, heads)
    if holder.key_id:
        state.keys.note_use(holder.key_id)
    g.delivery_request = DeliveryRequest(asked, state, holder, heads, now, Sources(state, heads, now, holder, item))
    return holder


def delivery_request() -> DeliveryRequest:
    """The request that is being answered."""
    found: DeliveryRequest = g.delivery_request
    return found


def _read_position(asked: Request, state: ServingState, now: int) -> tuple[Heads, ReadItem | None]:
    """The heads of the log; a detail route reads its item in the same statement."""
    item_id = (asked.view_args or {}).get("id")
    if item_id is not None and is_id(item_id):
        item_type = getattr(current_app.view_functions.get(asked.endpoint or ""), "reads_item", None)
        if item_type is not None:
            heads, item = state.publications.heads_and_item(item_type, item_id, now)
            return heads, (item_type, item_id, item)
    return state.head.read(state.reader), None


def _check_demanded_position(asked: Request, heads: Heads) -> None:
    demanded = asked.headers.get("Min-Seq")
    if demanded is None:
        return
    found = _DEMAND.fullmatch(demanded)
    if found is None:
        told = {"expected": "a log position, such as 48213; epoch=k3v9mrta"}
        raise BadRequest("invalid_parameter", errors=[InputError("header", "Min-Seq", "bad_format", told)])
    if found["epoch"] is not None and found["epoch"] != heads.epoch:
        raise Conflict("epoch_changed", epoch=heads.epoch)
    if int(found["sequence"]) > heads.sequence:
        raise Unavailable("not_there_yet", sequence=heads.sequence, headers={"Retry-After": "1"})
