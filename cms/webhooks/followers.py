"""The follower that turns public lines of the log into messages: one row for each endpoint and line."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from cms.changes.models import Change
from cms.core.db import UnitOfWork
from cms.webhooks.models import Webhook
from cms.webhooks.policies import wants
from cms.webhooks.queries import told
from cms.webhooks.queueing import queue_messages

NAME = "webhooks"


def fan_out(unit: UnitOfWork, changes: Sequence[Change]) -> None:
    """Queue a message for each endpoint that wants to be told; handled twice, the lines queue nothing twice.

    An endpoint is not told of what was before it.
    """
    public = [change for change in changes if change.is_public]
    if not public:
        return
    webhooks = unit.session.scalars(select(Webhook).where(told()).order_by(Webhook.id)).all()
    queue_messages(
        unit,
        (
            (webhook, line)
            for line in public
            for webhook in webhooks
            if line.recorded_at >= webhook.created_at and wants(webhook, line)
        ),
    )
