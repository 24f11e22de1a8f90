"""Admission of a reader's request: who holds the key, and which position of the log the answer will reflect."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request

from cms.changes.heads import Heads
from cms.consumers.key_cache import KeyHolder
from cms.consumers.keys import checksum_holds
from cms.consumers.models import Scope
from cms.core import clock
from cms.core.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    InputError,
    Unauthenticated,
    Unavailable,
)
from cms.core.http.access import Access, delivers
from cms.core.ids import is_id
from cms.serving.asked import Asked, asked_of
from cms.serving.finished import FinishedAnswer, PreparedResponse
from cms.serving.limits import Counting
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
    expires_at=clock.micros(clock.NEVER),
)

READ_HEADS = "simpul.read_heads"
"""The key in the WSGI environ for the present, the moment and the heads that were read for this request when its cached answer was stale."""
_DEMAND = re.compile(r"(?P<sequence>[0-9]{1,18})(?: *; *epoch=(?P<epoch>[0-9a-z]{1,16}))?")


ItemId = tuple[str, str]
"""Type and id of the item of a detail."""


@dataclass(frozen=True, slots=True)
class DeliveryRequest:
    """One admitted request: the log's heads as they were read for it, its moment `now` (microseconds since 1970), and the sources
    of its answer.

    What answers it knows nothing of Flask: it may not have been entered.
    """

    asked: Asked
    state: ServingState
    holder: KeyHolder
    heads: Heads
    now: int
    sources: Sources


def admitted(
    asked: Asked, state: ServingState, token: str | None, access: Access | None, item: ItemId | None
) -> DeliveryRequest:
    """Admit a request: the one check of readers, whichever way a request takes. `access` is None where there is no route; `item` is
    read together with the heads of the log. Its heads and, when it is admitted, its holder are noted in `asked`.

    Raises `Unauthenticated` without a valid key, `TooManyRequests` for a caller who has used up what may be sent in a minute,
    `Forbidden("scope_missing")`, `Unavailable("not_there_yet")` when the
    caller demands a position of the log that has not been reached (`Min-Seq`), and `Conflict("epoch_changed")` when the caller
    demands one of another epoch.
    """
    if token is None:
        _admit_without_key(asked, state, access.group if access else None)
    elif not checksum_holds(token):
        # A mistyped key is refused without touching the database.
        _limit(asked, state.limits.strangers)
        raise Unauthenticated("invalid_token")
    present, now, heads, found = _read_at_believed_moment(asked, state, item)
    if state.head.next_due(heads) <= now and _is_carried_out(asked, state, heads):
        present, now, heads, found = _read_at_believed_moment(asked, state, item)
    state.note_epoch(heads.epoch)
    asked.heads = heads
    state.signing_keys.as_of(heads.access)
    holder = ANONYMOUS if token is None else _holder(asked, state, token, heads, present)
    scope = access.scope if access else None
    if scope is not None and scope not in holder.scopes:
        raise Forbidden("scope_missing", scope=scope)
    _check_demanded_position(asked, heads)
    if holder.key_id:
        state.keys.note_use(holder.key_id, present)
    asked.holder = holder
    return DeliveryRequest(asked, state, holder, heads, now, Sources(state, heads, now, holder, found))


def admit(token: str | None, access: Access | None) -> None:
    """Admit the request that Flask was entered for, and keep it for its view. Raises like `admitted`, or what its direct way has raised."""
    asked = g.asked = asked_of(request)
    if asked.error is not None:
        raise asked.error
    view = current_app.view_functions.get(request.endpoint or "")
    item = view.item_of(request.view_args or {}) if isinstance(view, ServedView) else None
    g.delivery_request = admitted(asked, serving_state(), token, access, item)


def admitted_visitor(access: Access) -> Sources:
    """What a visitor may read through an address for people; no token is looked at. Raises like `admit` without a token."""
    admit(None, access)
    admitted_request: DeliveryRequest = g.delivery_request
    return admitted_request.sources


class ServedView:
    """The view of a route for readers, as Flask calls it. `DirectAnswers` calls `view` itself."""

    access: Access

    def __init__(self, view: Callable[..., Any], item: str | None, *, needs_flask: bool) -> None:
        functools.update_wrapper(self, view)
        self.view, self.needs_flask = view, needs_flask
        self._item = item

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Answer the request that was admitted."""
        answer = self.view(g.delivery_request, *args, **kwargs)
        return PreparedResponse(answer) if isinstance(answer, FinishedAnswer) else answer

    def item_of(self, values: Mapping[str, Any]) -> ItemId | None:
        """The item of a detail; None for another route, and for what can be no id. `values` are those in the path."""
        item_id = values.get("id")
        return None if self._item is None or item_id is None or not is_id(item_id) else (self._item, item_id)


def serves(
    scope: str | None = None, *, group: str | None = None, item: str | None = None, needs_flask: bool = False
) -> Callable[[Callable[..., Any]], ServedView]:
    """A route for readers: a consumer whose key has this scope. Its view gets the admitted request as first argument, and answers
    through `respond`; the direct way calls it without Flask.

    `group` is the group that a server may answer without a key.
    `item` is the content type of a detail, whose item (`id` in the path) is read together with the heads of the log.
    `needs_flask` says that the view makes a response of Flask: bytes of a file, a redirection.
    """

    def decorator(view: Callable[..., Any]) -> ServedView:
        return delivers(scope, group=group)(ServedView(view, item, needs_flask=needs_flask))

    return decorator


def _admit_without_key(asked: Asked, state: ServingState, group: str | None) -> None:
    """Admit a request that carries no key to a route of this group.

    Raises `Unauthenticated` unless this server answers the group without a key, `TooManyRequests` when its address sends too many.
    """
    if not state.settings.is_anonymous(group):
        _limit(asked, state.limits.strangers)
        raise Unauthenticated
    _limit(asked, state.limits.anonymous)


def _limit(asked: Asked, counting: Counting) -> None:
    """Note whose allowance the answer will use. Raises `TooManyRequests` when there is none left."""
    moment = clock.monotonic()
    allowance = counting.allowance(asked.environ.get("REMOTE_ADDR"), moment)
    if allowance is not None:
        allowance.check(moment)
        asked.allowance = allowance


def _holder(asked: Asked, state: ServingState, token: str, heads: Heads, present: int) -> KeyHolder:
    """The holder of the key, who may still send. Raises `Unauthenticated`, `TooManyRequests`."""
    try:
        holder = state.keys.holder(token, heads.access, present)
    except Unauthenticated:
        _limit(asked, state.limits.strangers)
        raise
    asked.consumer_id = holder.consumer_id
    _limit(asked, state.limits.of(holder))
    return holder


def _read_at_believed_moment(
    asked: Asked, state: ServingState, item: ItemId | None
) -> tuple[int, int, Heads, ReadItem | None]:
    """The present, the moment that counts, the heads of the log, and for a detail its item, read in the same statement."""
    if item is not None:
        return state.at_believed_moment(lambda moment: _heads_and_item(state, item, moment))
    handed_on: tuple[int, int, Heads] | None = asked.environ.get(READ_HEADS)
    if handed_on is not None:
        return *handed_on, None
    return state.at_believed_moment(lambda _moment: (state.head.read(state.reader), None))


def _is_carried_out(asked: Asked, state: ServingState, heads: Heads) -> bool:
    """Have schedules that are due carried out on a thread of their own; True when everything should be read again for this request."""
    asked.environ.pop(READ_HEADS, None)
    return state.late_schedules.carry_out(state.head.next_due(heads))


def _heads_and_item(state: ServingState, item: ItemId, moment: int) -> tuple[Heads, ReadItem]:
    heads, found = state.publications.heads_and_item(*item, moment)
    return heads, (*item, found)


def _check_demanded_position(asked: Asked, heads: Heads) -> None:
    demanded = asked.environ.get("HTTP_MIN_SEQ")
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
