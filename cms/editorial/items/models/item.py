"""An item: who owns it, where it stands, and how it goes from one state to the next."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, exists, or_, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column

from cms.agencies.models import Agency
from cms.core.clock import now
from cms.core.db import Model
from cms.core.permissions import Actor, Role
from cms.core.types import Id, Json, UTCDateTime
from cms.editorial.content_types import ContentType, registered_types
from cms.editorial.items.models.state import State
from cms.taxonomy.models import Category

LONGEST_TITLE = 300
"""Of an item and of a release: what the schemas take, and what the columns hold."""
MOST_CONFIRMATIONS = 50


class Item(Model):
    """A piece of content of any type: its owner, its channel, and its state.

    `version` grows with every write and is the ETag; `edition` is the newest edition that counts, `last_edition` the
    highest number given, which discarded editions keep. `kind` is the label lists filter by (kind of a post, class of a
    document). `published_channel` is where readers have it now: a newer draft may name another channel, and taking it
    back needs the right to publish on the present one. `first_published_at` is told by an import; `published_at` is it once it is live.

    `writers` are the ids of all who saved an edition since the last publication; an approval counts for
    `approved_edition` alone, `approved_as` is the role it was given in. `state_before` is what `restore` returns to.
    `scheduled_note` and `scheduled_explanation` are the texts of a schedule for its beginning and its end.
    `hold` are the reasons why the newest edition needs a second person; `vouched_by` are the ids of those who allowed the
    domains that it links to. `confirmations` say which findings of personal data may be public, who said so and why.

    The methods are the transitions: nothing else assigns these columns. They check nothing and record nothing; the
    services that call them do that.
    """

    __tablename__ = "items"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    type: Mapped[str] = mapped_column(String(20))
    agency: Mapped[str] = mapped_column(String(63), ForeignKey("agencies.slug"))
    channel: Mapped[str] = mapped_column(String(63), ForeignKey("agencies.slug"))
    slug: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    kind: Mapped[str | None] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    edition: Mapped[int] = mapped_column(default=1)
    published_edition: Mapped[int | None]
    published_channel: Mapped[str | None] = mapped_column(String(63))
    author_id: Mapped[str | None] = mapped_column(Id)
    author_label: Mapped[str] = mapped_column(String(200))
    comment: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    first_published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    category: Mapped[str | None] = mapped_column(String(63))
    last_edition: Mapped[int] = mapped_column(default=1, server_default="1")
    writers: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    approved_edition: Mapped[int | None]
    approved_by_id: Mapped[str | None] = mapped_column(Id)
    approved_by_label: Mapped[str | None] = mapped_column(String(200))
    approved_as: Mapped[str | None] = mapped_column(String(20))
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    state_since: Mapped[datetime] = mapped_column(UTCDateTime, default=now, server_default="1970-01-01 00:00:00")
    state_before: Mapped[str | None] = mapped_column(String(20))
    trashed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    publish_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    unpublish_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    timezone: Mapped[str | None] = mapped_column(String(63))
    scheduled_by_id: Mapped[str | None] = mapped_column(Id)
    scheduled_by_label: Mapped[str | None] = mapped_column(String(200))
    scheduled_note: Mapped[str | None] = mapped_column(Text)
    scheduled_explanation: Mapped[str | None] = mapped_column(Text)
    unpublished_as: Mapped[str | None] = mapped_column(String(10))
    hold: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")
    hold_version: Mapped[str | None] = mapped_column(String(64))
    vouched_by: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    confirmations: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")

    reviewed_by: Mapped[str | None] = column_property(
        select(Agency.review).where(Agency.slug == agency).correlate_except(Agency).scalar_subquery(),
        expire_on_flush=False,
    )
    """`agency` or `central`: who approves what this item's agency publishes. Read with the item, never written."""
    needs_four_eyes: Mapped[bool | None] = column_property(
        or_(
            exists().where(Agency.slug == agency, Agency.four_eyes).correlate_except(Agency),
            exists().where(Category.slug == category, Category.four_eyes).correlate_except(Category),
        ),
        expire_on_flush=False,
    )
    """True when the agency or the category asks for a second person. Read with the item, never written."""

    __table_args__ = (
        Index(None, "state", "state_since", "id"),
        Index(
            "ix_items_publish_at",
            "publish_at",
            sqlite_where=text("publish_at IS NOT NULL"),
            postgresql_where=text("publish_at IS NOT NULL"),
        ),
        Index(
            "ix_items_unpublish_at",
            "unpublish_at",
            sqlite_where=text("unpublish_at IS NOT NULL"),
            postgresql_where=text("unpublish_at IS NOT NULL"),
        ),
        Index(None, "type", "updated_at", "id"),
        Index(None, "type", "agency", "updated_at", "id"),
        Index(None, "type", "state", "updated_at", "id"),
    )

    @property
    def content_type(self) -> ContentType:
        """What kind of item it is."""
        return registered_types()[self.type]

    @property
    def all_writers(self) -> frozenset[str]:
        """People whose approval does not count: they saved it since the last publication, or allowed a domain that it links to."""
        return frozenset((*(self.writers or ()), *(self.vouched_by or ())))

    @property
    def is_approved(self) -> bool:
        """True when the approval is for the newest edition."""
        return self.approved_edition is not None and self.approved_edition == self.edition

    def first_shown_at(self, moment: datetime) -> datetime:
        """When readers had it first, if it is published at this moment: here, or where it came from."""
        return self.published_at or self.first_published_at or moment

    def came_from_elsewhere(self, first_published_at: datetime) -> None:
        """Note when it was first published before it came here."""
        self.first_published_at = first_published_at

    def touch(self) -> None:
        """Count one more write."""
        self.version += 1
        self.updated_at = now()

    def move(self, state: State, *, since: datetime | None = None) -> None:
        """Enter a state; staying in the same state keeps `state_since`."""
        if self.state != state.value:
            self.state, self.state_since = state.value, since or now()

    def say(self, comment: str | None) -> None:
        """Set the comment of the last decision about the item."""
        self.comment = comment

    def begin_edition(self, actor: Actor, state: State) -> None:
        """Number the next edition. The list of writers starts anew with the first edition after a publication or its end."""
        begins_anew = self.state in (State.PUBLISHED, State.UNPUBLISHED)
        self.writers = [] if begins_anew else self.writers
        self.add_writers({actor.id} if actor.id else set())
        self.last_edition += 1
        self.edition = self.last_edition
        self.void_approval()
        self.move(state)

    def add_writers(self, writers: Collection[str]) -> None:
        """Add these people to the writers since the last publication."""
        self.writers = sorted({*self.writers, *writers})

    def return_to_edition(self, edition: int, writers: Collection[str]) -> None:
        """Make the last published edition the newest one again; an item that was taken back or withdrawn stays so."""
        if self.edition != edition:
            self.void_approval()
        self.edition, self.writers, self.comment = edition, sorted(writers), None
        self.move(State.PUBLISHED if self.unpublished_as is None else State.UNPUBLISHED)

    def approve(self, actor: Actor, role: Role) -> None:
        """Note the approval of the newest edition, with the approver and their role."""
        self.approved_edition, self.approved_at, self.approved_as = self.edition, now(), role.value
        self.approved_by_id, self.approved_by_label = actor.id, actor.label

    def void_approval(self) -> None:
        """Drop the approval, which was for one edition."""
        self.approved_edition = self.approved_at = self.approved_as = None
        self.approved_by_id = self.approved_by_label = None

    def schedule(
        self,
        actor: Actor,
        *,
        begins: datetime | None,
        ends: datetime | None,
        timezone: str,
        note: str | None,
        explanation: str | None,
    ) -> None:
        """Note a schedule: when readers get the newest edition, when the item ends, or both."""
        self.publish_at, self.unpublish_at, self.timezone = begins, ends, timezone
        self.scheduled_note, self.scheduled_explanation = note, explanation
        self.scheduled_by_id, self.scheduled_by_label = actor.id, actor.label
        if begins is not None:
            self.state_before = self.state
            self.move(State.SCHEDULED)

    def forget_schedule(self) -> None:
        """Drop the schedule, and return to the state before it."""
        if self.state == State.SCHEDULED:
            self.move(State(self.state_before or State.DRAFT))
            self.state_before = None
        self.publish_at = self.unpublish_at = None
        self._forget_who_scheduled()

    def go_live(self, at: datetime, note: str | None, *, since: datetime | None = None) -> None:
        """Publish the newest edition. `at` is the public time of publication, `since` the time of the new state (now)."""
        self.published_at = self.first_shown_at(at)
        self.published_edition, self.published_channel = self.edition, self.channel
        self.comment, self.unpublished_as, self.state_before = note, None, None
        self.move(State.PUBLISHED, since=since)
        self.updated_at = now()

    def begin_as_scheduled(self) -> None:
        """Carry out the scheduled beginning: readers have had the newest edition since that moment."""
        begun = self.publish_at or now()
        self.publish_at = None
        self.go_live(begun, self.scheduled_note, since=begun)
        self._forget_who_scheduled()

    def end(self, kind: str, explanation: str | None, *, since: datetime | None = None) -> None:
        """End the item for readers; `kind` is the way, `explanation` is for readers."""
        self._note_ending(kind, explanation, since)
        self.published_edition = self.published_channel = None

    def end_as_scheduled(self) -> datetime:
        """Carry out the scheduled end; returns its moment."""
        ended = self.unpublish_at or now()
        self.unpublish_at = None
        self.end("gone", self.scheduled_explanation, since=ended)
        self._forget_who_scheduled()
        return ended

    def withdraw(self, kind: str, explanation: str | None, *, since: datetime | None = None) -> None:
        """Mark the published edition as withdrawn; readers can still read it."""
        self._note_ending(kind, explanation, since)

    def _note_ending(self, kind: str, explanation: str | None, since: datetime | None) -> None:
        if self.state == State.PUBLISHED:
            self.move(State.UNPUBLISHED, since=since)
        self.comment, self.unpublished_as = explanation, kind
        self.updated_at = now()

    def put_away(self, state: State) -> None:
        """Move to the archive or the trash; moving from the archive to the trash keeps the state before both."""
        if self.state != State.ARCHIVED:
            self.state_before = self.state
        self.trashed_at = now() if state is State.TRASHED else None
        self.move(state)

    def erase(self) -> None:
        """Forget what was decided about it, after it has ended; it lies in the archive from then on."""
        self.hold_back([], None)
        self.confirmations = []
        self.void_approval()
        if self.state not in (State.ARCHIVED, State.TRASHED):
            self.put_away(State.ARCHIVED)

    def bring_back(self) -> None:
        """Bring back from the archive or the trash to the earlier state; an approval that is void by now does not return."""
        state = State(self.state_before or State.DRAFT)
        self.move(State.DRAFT if state is State.APPROVED and not self.is_approved else state)
        self.state_before = self.trashed_at = None

    def hold_back(self, reasons: list[dict[str, Any]], version: str | None) -> None:
        """Note why the newest edition needs a second person, and the version of the rules; null if it does not."""
        if reasons != self.hold:
            self.hold = reasons
        self.hold_version = version if reasons else None

    def confirm(self, confirmation: dict[str, Any]) -> None:
        """Note which findings may be public, who said so and why."""
        self.confirmations = [*self.confirmations, confirmation][-MOST_CONFIRMATIONS:]

    @property
    def confirmed(self) -> frozenset[str]:
        """The ids of the findings that may be public."""
        return frozenset(name for each in self.confirmations or () for name in each["findings"])

    def _forget_who_scheduled(self) -> None:
        """Drop who scheduled and the texts of the schedule, once nothing is scheduled."""
        if self.publish_at is None and self.unpublish_at is None:
            self.scheduled_by_id = self.scheduled_by_label = self.timezone = None
            self.scheduled_note = self.scheduled_explanation = None
