"""`moderation`: what a city with a single central editor cannot do over the API, because it takes a second person.

A user who may start this command acts as that person. Each call asks for a reason, which is kept and logged.
"""

from __future__ import annotations

import click

from cms.cli.application import application, operator
from cms.cli.failures import ready
from cms.cli.reasons import reason_option
from cms.core.db import rolled_back
from cms.editorial.freezes.queries import list_freezes
from cms.editorial.freezes.services import lift_freeze
from cms.editorial.rollback.services import confirm_rollback
from cms.moderation.models import BreakerTrip, PublishingFreeze
from cms.moderation.queries import list_trips
from cms.moderation.services import reset_breaker

MOST_SHOWN = 50
REASON = reason_option("Why; kept and logged.")


@click.group("moderation")
def command() -> None:
    """Reset breakers and lift freezes, as the second person of a small city."""


@command.command("list")
def show() -> None:
    """Print the open breakers and the freezes."""
    with ready(application()), rolled_back():
        lines = [*map(_trip, list_trips(is_open=True, limit=MOST_SHOWN)), *map(_freeze, list_freezes())]
    click.echo("\n".join(lines or ["Nothing is paused or frozen."]))


def _trip(trip: BreakerTrip) -> str:
    return f"breaker {trip.id}  {trip.kind} {trip.label}: {trip.published} until {trip.until:%Y-%m-%d %H:%M} UTC"


def _freeze(freeze: PublishingFreeze) -> str:
    return f"freeze {freeze.scope}  {freeze.person_label or ''} by {freeze.frozen_by_label}: {freeze.reason}"


@command.command("reset")
@click.argument("trip")
@REASON
def reset(trip: str, reason: str) -> None:
    """Reset the breaker TRIP (its id): what it counted does not count any more."""
    with ready(application()):
        found = reset_breaker(operator(), trip, reason=reason)
    click.echo(f"Reset: {found.label} can go on.")


@command.command("confirm")
@click.argument("rollback")
@REASON
def confirm(rollback: str, reason: str) -> None:
    """Confirm the order ROLLBACK (its id), which waits for a second person; then the same order is sent again."""
    with ready(application()):
        is_waiting = confirm_rollback(operator(), rollback, reason=reason).is_waiting
    click.echo("It waits." if is_waiting else "Confirmed: the same order now goes on.")


@command.command("lift")
@click.argument("scope")
@REASON
def lift(scope: str, reason: str) -> None:
    """Lift the freeze of SCOPE: an agency's slug, `city`, or `person:` and an id."""
    with ready(application()):
        lift_freeze(operator(), scope, reason=reason)
    click.echo(f"Lifted: {scope}.")
