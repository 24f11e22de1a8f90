"""What the rows of moderation are about, made anew for every request."""

from __future__ import annotations

from typing import Any

from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.ids import new_id
from cms.editorial.rollback.models import Rollback
from cms.moderation.models import BreakerTrip, LinkDomain, PublishingFreeze
from tests.access.world import Ask, Sent, World

MANAGE = "/manage/v1"
REASON = "Akun editor dibajak."


def link_domain(world: World, _who: str) -> Sent:
    """A domain of the link lists."""
    domain, present = f"mitra-{world.number()}.com", clock.now()
    with world.app.app_context(), unit_of_work() as unit:
        unit.add(
            LinkDomain(domain=domain, verdict="allowed", changed_by_label="x", created_at=present, updated_at=present)
        )
    return Sent(f"{MANAGE}/link-domains/{domain}")


def new_link_domain(world: World, _who: str) -> Sent:
    """A domain that is not in the link lists."""
    return Sent(f"{MANAGE}/link-domains/baru-{world.number()}.com", arguments={"json": {"verdict": "blocked"}})


def new_freeze(world: World, _who: str) -> Sent:
    """A freeze of an agency that can publish."""
    return Sent(f"{MANAGE}/freeze", arguments={"json": {"agency": world.agency(), "reason": REASON}})


def freeze(world: World, _who: str) -> Sent:
    """An agency that is frozen."""
    scope = world.agency()
    with world.app.app_context(), unit_of_work() as unit:
        unit.add(PublishingFreeze(scope=scope, reason=REASON, frozen_by_label="x", frozen_at=clock.now()))
    return Sent(f"{MANAGE}/freeze/{scope}")


def schedules(world: World, who: str) -> Sent:
    """What is scheduled in an agency that is frozen."""
    return Sent(f"{freeze(world, who).path}/schedules")


def trip_id(world: World) -> str:
    """The id of a breaker that was tripped."""
    present, made = clock.now(), new_id()
    with world.app.app_context(), unit_of_work() as unit:
        unit.add(
            BreakerTrip(
                id=made, kind="agency", subject="dishub", label="x", published=9, tripped_at=present, until=present
            )
        )
    return made


def trip(world: World, _who: str) -> Sent:
    """A breaker that was tripped."""
    return Sent(f"{MANAGE}/breakers/{trip_id(world)}/reset")


def new_rollback(world: World, _who: str) -> Sent:
    """An order about somebody who has done nothing."""
    body = {"actor": world.person(), "since": "2026-11-24T00:00:00Z", "reason": REASON}
    return Sent(f"{MANAGE}/rollback", arguments={"json": body})


def rollback_id(world: World) -> str:
    """The id of a rollback that has not finished."""
    present, made = clock.now(), new_id()
    with world.app.app_context(), unit_of_work() as unit:
        unit.add(
            Rollback(
                id=made, target_id=world.callers["author"].actor.id, since=present, reason=REASON,
                started_by_label="x", started_at=present, done={}, failed=[],
            )
        )  # fmt: skip
    return made


def rollback(world: World, _who: str) -> Sent:
    """A rollback."""
    return Sent(f"{MANAGE}/rollback/{rollback_id(world)}")


def erase(kind: str) -> Ask:
    """Order the erasure of something published."""
    body = {"reason": "Memuat data pribadi.", "legal_basis": "UU 27/2022"}
    return lambda world, _who: Sent(
        f"{MANAGE}/{kind}s/{world.item(kind, 'published').id}/erase", arguments={"json": body}
    )


def erasure(step: str = "", body: dict[str, Any] | None = None) -> Ask:
    """An order to erase that waits."""

    def ask(world: World, _who: str) -> Sent:
        return Sent(f"{MANAGE}/erasures/{world.erasure()}{step}", arguments={} if body is None else {"json": body})

    return ask
