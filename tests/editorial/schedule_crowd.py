"""What the processes of test_schedule_crowd.py do: be a worker that may be killed, or take schedules back at the same time.

Each has an application and a clock of its own: the workers' clocks have reached the moment, those who take schedules back are a
little behind, as the clocks of two servers may be.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from multiprocessing.queues import SimpleQueue

from cms.application import create_app
from cms.core import clock
from cms.core.db import rolled_back
from cms.core.errors import DomainError
from cms.editorial.items.queries import get_item
from cms.editorial.schedules.services import unschedule_item
from cms.editorial.schedules.tasks import carry_out_and_follow
from cms.posts.content import POST
from config import Settings
from tests.factories import CENTRAL, seen


def work(settings: str, at: datetime) -> None:
    """Carry out what is due until nothing is."""
    app = create_app(Settings.from_environ(json.loads(settings)))
    with clock.frozen(at), app.app_context():
        while carry_out_and_follow():
            pass


def take_back(settings: str, at: datetime, item_ids: Sequence[str], told: SimpleQueue[tuple[str, bool]]) -> None:
    """Take the schedule back one by one; tells of each whether that was acknowledged."""
    app = create_app(Settings.from_environ(json.loads(settings)))
    with clock.frozen(at):
        for item_id in item_ids:
            with app.app_context():
                told.put((item_id, _took_back(item_id)))


def _took_back(item_id: str) -> bool:
    with rolled_back():
        version = seen(get_item(POST, item_id, CENTRAL))
    try:
        unschedule_item(POST, CENTRAL, item_id, version)
    except DomainError:
        return False
    return True
