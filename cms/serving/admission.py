"""Admission of a reader's request: who holds the key, and which position of the log the answer will reflect."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Flask, Request, current_app, g, request

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
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from cms.core.http.access import Access, delivers
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
    expires_at=clock.micros(clock.NEVER),
)

READ_HEADS = "simpul.read_heads"
"""The key in the WSGI environ for the present, the moment and the heads that were read for this request when its cached answer was stale."""
COUNTED = "simpul.counted"
"""The key in the WSGI environ that says that a request without a key was counted already."""
_DEMAND = re.compile(r"(?P<sequence>[0-9]{1,18})(?: *; *epoch=(?P<epoch>[0-9a-z]{1,16}))?")


@dataclass(frozen=True, slots=True)
class DeliveryRequest:
    """One admitted request: the log's heads as they were read for it, its moment `now` (microseconds since 1970), and the sources
    of its answer.

    `http` and `state` are the objects themselves, because Flask's proxies are slow.
    """

    http: Request
    state: ServingState
    holder: KeyHolder
    heads: Heads
    now: int
    sources: Sources


def admit(token: str | None, access: Access | None) -> KeyHolder:
    """Admit the caller of a delivery route and keep the request as `DeliveryRequest`. `access` is None where there is no route.

    Raises `Unauthenticated` without a valid key, `TooManyRequests` for an address that sends too many without one,
    `Forbidden("scope_missing")`, `Unavailable("not_there_yet")` when the
    caller demands a position of the log that has not been reached (`Min-Seq`), and `Conflict("epoch_changed")` when the caller
    demands one of another epoch.
    """
    if token is None:
        admit_without_key(access.group if access else None)
    elif not checksum_holds(token):
        # A mistyped key is refused without touching the database.
        raise Unauthenticated("invalid_token")
    asked, state = request._get_current_object(), serving_state()  # type: ignore[attr-defined]  # noqa: SLF001 - Werkzeug's documented way
    present, now, heads, item = _read_at_believed_moment(asked, state)
    if state.head.next_due(heads) <= now and _is_carried_out(asked, state, heads):
        present, now, heads, item = _read_at_believed_moment(asked, state)
    state.note_epoch(heads.epoch)
    g.heads = heads
    state.signing_keys.as_of(heads.access)
    holder = ANONYMOUS if token is None else state.keys.holder(token, heads.access, present)
    scope = access.scope if access else None
    if scope is not None and scope not in holder.scopes:
        raise Forbidden("scope_missing", scope=scope)
    _check_demanded_position(asked, heads)
    if holder.key_id:
        state.keys.note_use(holder.key_id, present)
    g.delivery_request = DeliveryRequest(asked, state, holder, heads, now, Sources(state, heads, now, holder, item))
    return holder


def admitted_visitor(access: Access) -> Sources:
    """What a visitor may read through an address for people; no token is looked at. Raises like `admit` without a token."""
    admit(None, access)
    asked: DeliveryRequest = g.delivery_request
    return asked.sources


def admit_without_key(group: str | None) -> None:
    """Admit a request that carries no key to a route of this group.

    Raises `Unauthenticated` unless this server answers the group without a key, `TooManyRequests` when its address sends too many.
    """
    if not runtime().settings.is_anonymous(group):
        raise Unauthenticated
    if request.environ.get(COUNTED):
        return
    wait = serving_state().addresses.take(request.remote_addr, clock.monotonic())
    if wait:
        seconds = math.ceil(wait)
        raise TooManyRequests("too_many_requests", headers={"Retry-After": str(seconds)}, seconds=seconds)


def serves(
    scope: str | None = None, *, group: str | None = None, item: str | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A route for readers: a consumer whose key has this scope. Its view gets the admitted request as first argument.

    `group` is the group that a server may answer without a key.
    `item` is the content type of a detail, whose item (`id` in the path) is read together with the heads of the log.
    """

    def decorator(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def with_request(*args: Any, **kwargs: Any) -> Any:
            return view(g.delivery_request, *args, **kwargs)

        with_request.reads_item = item  # type: ignore[attr-defined]
        return delivers(scope, group=group)(with_request)

    return decorator


def _read_at_believed_moment(asked: Request, state: ServingState) -> tuple[int, int, Heads, ReadItem | None]:
    """The present, the moment that counts, the heads of the log, and for a detail route its item, read in the same statement."""
    item_id = (asked.view_args or {}).get("id")
    if item_id is not None and is_id(item_id):
        item_type = getattr(current_app.view_functions.get(asked.endpoint or ""), "reads_item", None)
        if item_type is not None:
            return state.at_believed_moment(lambda moment: _heads_and_item(state, item_type, item_id, moment))
    handed_on: tuple[int, int, Heads] | None = asked.environ.get(READ_HEADS)
    if handed_on is not None:
        return *handed_on, None
    return state.at_believed_moment(lambda _moment: (state.head.read(state.reader), None))


def _is_carried_out(asked: Request, state: ServingState, heads: Heads) -> bool:
    """Have schedules that are due carried out on a thread of their own; True when everything should be read again for this request."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Werkzeug's documented way
    asked.environ.pop(READ_HEADS, None)
    return state.late_schedules.carry_out(app, state.head.next_due(heads))


def _heads_and_item(state: ServingState, item_type: str, item_id: str, moment: int) -> tuple[Heads, ReadItem]:
    heads, item = state.publications.heads_and_item(item_type, item_id, moment)
    return heads, (item_type, item_id, item)


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
