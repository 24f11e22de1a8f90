"""Brings a demonstration item to the state that it should have: submitted, returned, approved, scheduled, published, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cms.cli.demo_city.people import Cast
from cms.core import clock
from cms.core.permissions import Actor
from cms.core.runtime import runtime
from cms.editorial.comments.queries import list_comments
from cms.editorial.comments.services import add_comment
from cms.editorial.content_types import ContentType
from cms.editorial.endings.services import unpublish_item
from cms.editorial.items.models import Item, State
from cms.editorial.items.services import publish_item, return_item, submit_item
from cms.editorial.review.services import approve_item
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item
from cms.publishing.models import Standing

CLEARED = "Lengkapi sumber dan tanggal sebelum diajukan kembali."
ZONE = "Asia/Makassar"
SCHEDULED_HOUR = 8


@dataclass(frozen=True)
class Stage:
    """An item on its way: its entry, its author, and the editor who decides."""

    content_type: ContentType
    entry: Mapping[str, Any]
    author: Actor
    editor: Actor

    def bring(self, item: Item) -> None:
        """Bring the item to the state of the entry; steps of an interrupted load are not repeated."""
        wanted = State(self.entry["state"])
        if wanted not in (item.state, State.DRAFT):
            self._move(item, wanted)
        for said in self.entry.get("review_comments", ()):
            if said["body"] not in {comment.body for comment in list_comments(item, 100, None)}:
                add_comment(self.content_type, self.editor, item.id, said["body"], said["pointer"])

    def _move(self, item: Item, wanted: State) -> None:
        if item.state == State.DRAFT:
            item = submit_item(self.content_type, self.author, item.id, _seen(item)).item
        if wanted is State.RETURNED:
            comment = self.entry.get("comment") or CLEARED
            return_item(self.content_type, self.editor, item.id, _seen(item), comment)
        elif wanted in (State.APPROVED, State.SCHEDULED):
            self._approve(item, wanted)
        elif wanted in (State.PUBLISHED, State.UNPUBLISHED):
            self._publish(item, wanted)

    def _approve(self, item: Item, wanted: State) -> None:
        if item.state != State.APPROVED:
            comment = self.entry.get("comment")
            item = approve_item(self.content_type, self.editor, item.id, _seen(item), comment).item
        if wanted is State.SCHEDULED:
            day = clock.now().astimezone(ZoneInfo(ZONE)) + timedelta(days=self.entry["in_days"])
            moment = day.replace(hour=SCHEDULED_HOUR, minute=0, second=0, microsecond=0)
            schedule_item(self.content_type, self.editor, item.id, _seen(item), Schedule(moment, None, ZONE))

    def _publish(self, item: Item, wanted: State) -> None:
        if item.state != State.PUBLISHED:
            # Never in the future: where the clock is behind, readers would miss the item.
            published_at = min(datetime.fromisoformat(self.entry["published_at"]), clock.now())
            item = publish_item(self.content_type, self.editor, item.id, _seen(item), published_at=published_at).item
        if wanted is State.UNPUBLISHED:
            unpublish_item(
                self.content_type, self.editor, item.id, _seen(item),
                standing=Standing(self.entry["standing"]), explanation=self.entry["explanation"],
            )  # fmt: skip


def stage_of(content_type: ContentType, entry: Mapping[str, Any], cast: Cast) -> Stage:
    """The people who act: author and editor of the agency, or of the city (`channel`, or `reviewer` `central`)."""
    city = runtime().settings.city_channel
    channel = city if entry.get("reviewer") == "central" else entry.get("channel", entry["agency"])
    return Stage(content_type, entry, cast.author(entry["agency"]), cast.publisher(entry["agency"], channel, city))


def _seen(item: Item) -> frozenset[int]:
    return frozenset({item.version})
