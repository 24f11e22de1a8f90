"""The follower that turns lines of the log into messages to people."""

from __future__ import annotations

from collections.abc import Sequence

from cms.changes.installation import current_epoch
from cms.changes.models import Change
from cms.core.db import UnitOfWork
from cms.editorial.content_types import registered_types
from cms.notifications.audience import Audience
from cms.notifications.news import news_of
from cms.notifications.posting import post
from cms.notifications.queries import find_people

NAME = "notifications"
TOLD_AT_ONCE = 50
"""How many lines are read in one transaction: few, so that it never keeps editors waiting."""


def tell_people(unit: UnitOfWork, changes: Sequence[Change]) -> None:
    """Put a message into the list of everybody whom these lines concern; handled twice, they tell nothing twice.

    Who may know of it is asked now, and again when a title is shown and when a mail is sent.
    """
    types, epoch = registered_types(), current_epoch(unit)
    news = [found for change in changes if (found := news_of(change, epoch, types)) is not None]
    if not news:
        return
    audience = Audience(unit, find_people(), news)
    post(unit, [told for each in news for told in audience.told(each)])
