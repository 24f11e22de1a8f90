"""Writes at random by everybody who can, and after each of them reads by keys of every scope, from memory and computed anew."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import update

from cms.agencies.models import Agency
from cms.agencies.services import update_agency
from cms.changes.actions import Action
from cms.changes.followers import follow_log
from cms.changes.log import record
from cms.consumers.models import Consumer, DeliveryKey
from cms.consumers.services import create_key, revoke_key
from cms.core import clock
from cms.core.db import session, unit_of_work
from cms.core.errors import DomainError
from cms.core.ids import new_id
from cms.core.permissions import Actor, Role
from cms.editorial.endings.services import unpublish_item
from cms.editorial.followers import rebuild_changed
from cms.editorial.images.services import update_image
from cms.editorial.items.models import Item
from cms.editorial.items.services import create_item, publish_item, update_item
from cms.editorial.reposts.services import end_item_repost, repost_item
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item, unschedule_item
from cms.editorial.schedules.tasks import carry_out_and_follow
from cms.media.models import Image
from cms.publishing.models import Standing
from cms.taxonomy.models import Category
from cms.taxonomy.services import update_category
from tests.access.world import TYPES
from tests.conftest import empty_tables
from tests.factories import (
    CENTRAL,
    NEWS,
    UPDATED,
    add_agencies,
    add_city,
    add_consumer,
    add_image,
    add_key,
    document_content,
    post_content,
    seen,
)
from tests.stateful.kept_readers import Published, Readers

ADMIN = Actor(new_id(), "Admin", frozenset({(Role.ADMIN, None)}))
AGENCIES = ("dpu", "dishub", "lama", "baru")
SCOPES: dict[str, tuple[str, ...] | None] = {
    "all": None, "of-dpu": ("dpu",), "of-baru": ("baru",), "of-two": ("dishub", "lama"), "of-none": (),
}  # fmt: skip
slugs = st.sampled_from(AGENCIES)
minutes = st.integers(1, 90)


class KeptAnswersMachine(RuleBasedStateMachine):
    """`app` keeps answers; `fresh` is another application on the same database that keeps none and has to read everything anew."""

    app: Flask
    fresh: Flask
    advance: Callable[[timedelta], None]

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.dice = random.Random(seed)
        with self.app.app_context():
            empty_tables()
        for app in (self.app, self.fresh):
            app.extensions["simpul"].forget()
        add_city(self.app)
        add_agencies(self.app, "lama", "baru")
        self.consumer = add_consumer(self.app, requests_per_minute=0)
        self.keys = {name: add_key(self.app, self.consumer, agencies=wanted) for name, wanted in SCOPES.items()}
        self.image = add_image(self.app)
        self.items: list[Published] = []
        self.number = 0
        for agency in ("lama", "dpu"):
            self.publish_new("post", agency, True)
        self.readers = Readers(self.app, self.fresh, random.Random(seed))

    # --- writes: what is refused (another state, nothing to do) changes nothing, and is compared all the same ---

    def _do(self, act: Callable[[], Any]) -> None:
        with self.app.app_context(), suppress(DomainError):
            act()

    def _item(self, index: int) -> tuple[str, Item]:
        kind, item_id, _address = self.items[index % len(self.items)]
        return kind, session.get_one(Item, item_id, populate_existing=True)

    def _title(self) -> str:
        self.number += 1
        return f"Kabar {self.number}"

    @rule(kind=st.sampled_from(["post", "post", "document"]), agency=slugs, is_on_city=st.booleans())
    def publish_new(self, kind: str, agency: str, is_on_city: bool) -> None:
        content = post_content(category="infrastruktur", cover=self.image) if kind == "post" else document_content()
        content |= {"agency": agency, "title": self._title()} | ({"channel": "kota"} if is_on_city else {})

        def act() -> None:
            made = create_item(TYPES[kind], CENTRAL, TYPES[kind].completed(content)).item
            with suppress(DomainError):
                publish_item(TYPES[kind], CENTRAL, made.id, seen(made))
            asked = self.dice.choice([agency, "baru"])
            self.items.append((kind, made.id, f"/v1/resolve?type={kind}&agency={asked}&slug={made.slug}"))

        self._do(act)

    @rule(index=st.integers(0, 50), is_published=st.booleans())
    def edit(self, index: int, is_published: bool) -> None:
        def act() -> None:
            kind, item = self._item(index)
            changed = update_item(TYPES[kind], CENTRAL, item.id, {"title": self._title()}, seen(item)).item
            if is_published:
                publish_item(TYPES[kind], CENTRAL, item.id, seen(changed), **NEWS)

        self._do(act)

    @rule(index=st.integers(0, 50), standing=st.sampled_from(["gone", "vanished", "withdrawn", "redirected"]))
    def take_back(self, index: int, standing: str) -> None:
        def act() -> None:
            kind, item = self._item(index)
            to = self.items[(index + 1) % len(self.items)][1] if standing == "redirected" else None
            told = None if standing == "vanished" else "Jadwal berubah."
            unpublish_item(
                TYPES[kind], CENTRAL, item.id, seen(item), standing=Standing(standing), explanation=told, to=to
            )

        self._do(act)

    @rule(index=st.integers(0, 50), agency=slugs)
    def repost(self, index: int, agency: str) -> None:
        def act() -> None:
            kind, item = self._item(index)
            if kind == "post":
                repost_item(TYPES[kind], CENTRAL, item.id, agency, comment=self._title())

        self._do(act)

    @rule(index=st.integers(0, 50), agency=slugs)
    def end_repost(self, index: int, agency: str) -> None:
        def act() -> None:
            kind, item = self._item(index)
            if kind == "post":
                end_item_repost(TYPES[kind], CENTRAL, item.id, agency)

        self._do(act)

    @rule(index=st.integers(0, 50), begins=st.none() | minutes, lasts=st.none() | minutes)
    def schedule(self, index: int, begins: int | None, lasts: int | None) -> None:
        now = clock.now()
        start = now + timedelta(minutes=begins) if begins else None
        end = (start or now) + timedelta(minutes=lasts) if lasts else None

        def act() -> None:
            kind, item = self._item(index)
            schedule_item(
                TYPES[kind], CENTRAL, item.id, seen(item), Schedule(start, end, "Asia/Makassar", update=UPDATED)
            )

        self._do(act)

    @rule(index=st.integers(0, 50))
    def drop_schedule(self, index: int) -> None:
        def act() -> None:
            kind, item = self._item(index)
            unschedule_item(TYPES[kind], CENTRAL, item.id, seen(item))

        self._do(act)

    @rule(days=st.sampled_from([-400, -1, -1, 0, 0, 1]), into=st.sampled_from(["baru", "dpu"]))
    def merge(self, days: int, into: str) -> None:
        today = clock.now().astimezone(ZoneInfo("Asia/Makassar")).date()
        self._change_agency("lama", {"valid_to": today + timedelta(days=days), "successor": into})

    @rule()
    def undo_merge(self) -> None:
        self._change_agency("lama", {"valid_to": None, "successor": None})

    @rule(agency=slugs, field=st.sampled_from(["name", "description"]))
    def rename_agency(self, agency: str, field: str) -> None:
        self._change_agency(agency, {field: self._title()})

    def _change_agency(self, slug: str, values: dict[str, Any]) -> None:
        self._do(lambda: update_agency(ADMIN, slug, frozenset({session.get_one(Agency, slug).version}), values))

    @rule()
    def rename_category(self) -> None:
        def act() -> None:
            version = session.get_one(Category, "infrastruktur").version
            update_category(CENTRAL, "infrastruktur", frozenset({version}), {"name_id": self._title()})

        self._do(act)

    @rule()
    def change_words_of_image(self) -> None:
        def act() -> None:
            version = session.get_one(Image, self.image, populate_existing=True).version
            update_image(CENTRAL, self.image, frozenset({version}), {"alt": self._title()})

        self._do(act)

    @rule(name=st.sampled_from(sorted(SCOPES)), agencies=st.none() | st.lists(slugs, max_size=2, unique=True))
    def limit_key(self, name: str, agencies: list[str] | None) -> None:
        self._limit(name, agencies)

    def _limit(self, name: str, agencies: list[str] | None) -> None:
        """No operation changes the limits of a key today; whichever will, writes a line about its consumer."""

        def act() -> None:
            with unit_of_work() as unit:
                row = update(DeliveryKey).where(DeliveryKey.id == self.keys[name][0])
                unit.session.execute(row.values(agencies=agencies))
                record(unit, Action.CONSUMER_UPDATED, self.consumer, ADMIN)

        self._do(act)

    @rule(name=st.sampled_from(sorted(SCOPES)), is_replaced=st.booleans())
    def revoke(self, name: str, is_replaced: bool) -> None:
        def act() -> None:
            key_id = self.keys[name][0]
            with suppress(DomainError):
                revoke_key(ADMIN, self.consumer, key_id, frozenset({session.get_one(DeliveryKey, key_id).version}))
            if is_replaced:
                wanted = SCOPES[name]
                if wanted != ():
                    issued = create_key(ADMIN, self.consumer, agencies=wanted)
                    self.keys[name] = (issued.key.id, issued.text)

        self._do(act)

    @rule(is_active=st.sampled_from([True, True, False]))
    def switch_consumer(self, is_active: bool) -> None:
        def act() -> None:
            with unit_of_work() as unit:
                unit.session.get_one(Consumer, self.consumer).is_active = is_active
                record(unit, Action.CONSUMER_UPDATED, self.consumer, ADMIN)

        self._do(act)

    # --- time and the worker ---

    @rule(passed=minutes)
    def minutes_pass(self, passed: int) -> None:
        self.advance(timedelta(minutes=passed))

    @rule(seconds=st.sampled_from([-45, -45, -600, -7_200, 45]))
    def the_clock_is_set(self, seconds: int) -> None:
        self.advance(timedelta(seconds=seconds))

    @rule(seconds=st.sampled_from([-1, 0, 1]))
    def it_is_midnight(self, seconds: int) -> None:
        """Around the next midnight of the city."""
        here = clock.now().astimezone(ZoneInfo("Asia/Makassar"))
        midnight = (here + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        self.advance(midnight - here + timedelta(seconds=seconds))

    @rule()
    def the_worker_comes_by(self) -> None:
        with self.app.app_context():
            while carry_out_and_follow():
                pass
            while follow_log("presenter", rebuild_changed):
                pass

    # --- reads ---

    @invariant()
    def what_is_kept_is_what_is_computed(self) -> None:
        if hasattr(self, "readers"):
            self.readers.compare(self.items, [key for _key_id, key in self.keys.values()])
