"""Who is told of what: of an item those who wrote it, those who can take the next step, and those who talk about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import select

from cms.changes.models import Change
from cms.consumers.models import Consumer
from cms.core.db import UnitOfWork
from cms.core.permissions import Permission, Target, can
from cms.core.runtime import runtime
from cms.editorial.comments.models import ReviewComment
from cms.editorial.items.models import Item
from cms.editorial.items.policies import Operation, can_operate
from cms.moderation.models import OF_PERSON, WHOLE_CITY, BreakerKind, BreakerTrip
from cms.notifications.news import News
from cms.notifications.policies import ABOUT_ITEMS, Kind, may_see, still_holds, waits_for
from cms.notifications.queries import Person, find_agency_names, find_items
from cms.webhooks.models import Webhook

Told = tuple[Person, News]


class Audience:
    """Finds who is told, among these people. Reads the present state of what the news are about."""

    def __init__(self, unit: UnitOfWork, people: Sequence[Person], news: Iterable[News]) -> None:
        self._unit, self._people = unit, people
        self._city = runtime().settings.city_channel
        self._items = find_items(each.resource_id for each in news if each.kind in ABOUT_ITEMS)

    def told(self, news: News) -> list[Told]:
        """The people who are told, each with what is told to them."""
        if news.kind in ABOUT_ITEMS:
            return self._of_item(news, self._items.get(news.resource_id))
        match news.kind:
            case Kind.BREAKER:
                return self._of_breaker(news)
            case Kind.FREEZE:
                return self._of_freeze(news)
            case Kind.WEBHOOK:
                return self._of_webhook(news)
            case Kind.ACCOUNT:
                return [(person, news) for person in self._people if person.id == news.resource_id]
        return [
            (person, news)
            for person in self._people
            if still_holds(news.kind, news.facts, person.actor, None, self._city)
        ]

    def _of_item(self, news: News, item: Item | None) -> list[Told]:
        if item is None:
            return []
        others = [person for person in self._people if person.id != news.actor_id and may_see(person.actor, item)]
        waiting = replace(news, kind=Kind.WAITING)
        if news.kind is Kind.WAITING:
            return [
                (person, news) for person in others if waits_for(person.actor, item, news.facts["what"], self._city)
            ]
        concerned = self._concerned(news, item)
        if news.kind is Kind.PERSONAL_DATA:
            concerned |= {
                person.id for person in others if can_operate(person.actor, Operation.CONFIRM, item, self._city)
            }
        if news.kind is Kind.INFECTED:
            owned = Target(item.agency, item.channel, item.author_id)
            concerned |= {person.id for person in others if can(person.actor, Permission.CONTENT_PUBLISH, owned)}
        told = [(person, news) for person in others if person.id in concerned]
        if news.kind is Kind.APPROVED:
            told += [
                (person, waiting)
                for person in others
                if person.id not in concerned and waits_for(person.actor, item, news.facts["what"], self._city)
            ]
        return told

    def _concerned(self, news: News, item: Item) -> set[str]:
        """Those who wrote the item; with a comment also those who commented on it, with a schedule who made it."""
        found = {item.author_id, *item.writers, item.scheduled_by_id if news.kind is Kind.SCHEDULE else None}
        if news.kind is Kind.COMMENT:
            talking = select(ReviewComment.author_id).where(ReviewComment.item_id == item.id).distinct()
            found |= set(self._unit.session.scalars(talking))
        if news.kind is Kind.SCHEDULE:
            found.add(self._who_scheduled(news))
        return {each for each in found if each is not None}

    def _who_scheduled(self, news: News) -> str | None:
        """Who scheduled what somebody else has cancelled: the item does not know any more, the log does."""
        lines = Change.resource_id == news.resource_id, Change.action == f"{news.resource_type}.scheduled"
        return self._unit.session.scalar(
            select(Change.actor_id).where(*lines).order_by(Change.sequence.desc()).limit(1)
        )

    def _of_breaker(self, news: News) -> list[Told]:
        trip = self._unit.session.get(BreakerTrip, news.resource_id)
        if trip is None:
            return []
        names = find_agency_names([trip.subject]) if trip.kind == BreakerKind.AGENCY else {}
        told = replace(news, facts={"breaker": trip.kind, "label": names.get(trip.subject, trip.label)})
        return [
            (person, told)
            for person in self._people
            if person.id in trip.made_up_by or can(person.actor, Permission.MODERATION_WRITE, Target())
        ]

    def _of_freeze(self, news: News) -> list[Told]:
        scope = news.resource_id
        if scope.startswith(OF_PERSON):
            told = replace(news, facts={**news.facts, "scope": "person"})
            return [(person, told) for person in self._people if OF_PERSON + person.id == scope]
        kind = "city" if scope == WHOLE_CITY else "agency"
        told = replace(news, facts={**news.facts, "scope": kind, "label": find_agency_names([scope]).get(scope, scope)})
        return [
            (person, told)
            for person in self._people
            if person.id != news.actor_id and _works_for(person, None if scope == WHOLE_CITY else scope)
        ]

    def _of_webhook(self, news: News) -> list[Told]:
        found = self._unit.session.execute(
            select(Webhook.label, Webhook.url, Webhook.disabled_because, Webhook.consumer_id, Consumer.name)
            .join(Consumer, Consumer.id == Webhook.consumer_id)
            .where(Webhook.id == news.resource_id)
        ).one_or_none()
        if found is None:
            return []
        facts = {
            "label": found.label or found.url,
            "because": found.disabled_because,
            "consumer": found.name,
            "consumer_id": found.consumer_id,
        }
        told = replace(news, facts=facts)
        return [
            (person, told)
            for person in self._people
            if still_holds(news.kind, news.facts, person.actor, None, self._city)
        ]


def _works_for(person: Person, agency: str | None) -> bool:
    """True when the person writes content in this agency by a role there; for the city (None), anywhere."""
    target = Target(agency=agency) if agency is not None else None
    if agency is not None and agency not in {held for _role, held in person.actor.roles}:
        return False
    return can(person.actor, Permission.CONTENT_EDIT, target)
