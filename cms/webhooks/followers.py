"""The follower that turns public lines of the log into messages: one row for each endpoint and line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import select

from cms.changes.models import Change
from cms.core.db import UnitOfWork
from cms.webhooks.models import Webhook
from cms.webhooks.policies import RESTORES, wants
from cms.webhooks.queries import told
from cms.webhooks.queueing import queue_messages

NAME = "webhooks"


def fan_out(unit: UnitOfWork, changes: Sequence[Change]) -> None:
    """Queue a message for each endpoint that wants to be told; handled twice, the lines queue nothing twice.

    An endpoint is not told of what was before it.
    """
    lines = [change for change in changes if change.is_public or change.action in RESTORES]
    if not lines:
        return
    columns = (Webhook.id, Webhook.types, Webhook.agencies, Webhook.actions, Webhook.created_at)
    endpoints_for = _by_agency(unit.session.execute(select(*columns).where(told()).order_by(Webhook.id)).all())
    queue_messages(
        unit,
        [
            (endpoint.id, line)
            for line in lines
            for endpoint in endpoints_for(line.agency)
            if line.recorded_at >= endpoint.created_at and wants(endpoint, line)
        ],
    )


def _by_agency(endpoints: Sequence[Any]) -> Callable[[str | None], Iterable[Any]]:
    """Finds the endpoints that may want a line of an agency without asking each of them: most ask for one agency of many."""
    found: defaultdict[str | None, list[Any]] = defaultdict(list)
    for endpoint in endpoints:
        for agency in (None,) if endpoint.agencies is None else endpoint.agencies:
            found[agency].append(endpoint)
    return lambda agency: endpoints if agency is None else [*found.get(agency, ()), *found.get(None, ())]
