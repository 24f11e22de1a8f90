"""The follower that turns public lines of the log into messages: one row for each endpoint and line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, or_, select, true

from cms.changes.models import Change
from cms.core.db import UnitOfWork
from cms.webhooks.models import Webhook
from cms.webhooks.policies import RESTORES, wants
from cms.webhooks.queries import told
from cms.webhooks.queueing import queue_messages

NAME = "webhooks"
MOST_NAMED = 20
"""Agencies by which the database narrows the endpoints of some lines; for more it is cheaper to read them all."""


def fan_out(unit: UnitOfWork, changes: Sequence[Change]) -> None:
    """Queue a message for each endpoint that wants to be told; handled twice, the lines queue nothing twice.

    An endpoint is not told of what was before it.
    """
    lines = [change for change in changes if change.is_public or change.action in RESTORES]
    if not lines:
        return
    columns = (Webhook.id, Webhook.types, Webhook.agencies, Webhook.actions, Webhook.created_at)
    asked = select(*columns).where(told(), _may_want({line.agency for line in lines})).order_by(Webhook.id)
    endpoints_for = _by_agency(unit.session.execute(asked).all())
    queue_messages(
        unit,
        [
            (endpoint.id, line)
            for line in lines
            for endpoint in endpoints_for(line.agency)
            if line.recorded_at >= endpoint.created_at and wants(endpoint, line)
        ],
    )


def _may_want(agencies: Collection[str | None]) -> ColumnElement[bool]:
    """The condition that an endpoint may want a line of one of these agencies: most ask for one agency of many, and need not be read."""
    named = [agency for agency in agencies if agency is not None]
    if len(named) < len(agencies) or len(named) > MOST_NAMED:
        return true()
    asked_for = cast(Webhook.agencies, Text)
    return or_(Webhook.agencies.is_(None), *(asked_for.contains(f'"{agency}"', autoescape=True) for agency in named))


def _by_agency(endpoints: Sequence[Any]) -> Callable[[str | None], Iterable[Any]]:
    """Finds the endpoints that may want a line of an agency without asking each of them: most ask for one agency of many."""
    found: defaultdict[str | None, list[Any]] = defaultdict(list)
    for endpoint in endpoints:
        for agency in (None,) if endpoint.agencies is None else endpoint.agencies:
            found[agency].append(endpoint)
    return lambda agency: endpoints if agency is None else [*found.get(agency, ()), *found.get(None, ())]
