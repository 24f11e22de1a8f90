"""`clock`: lets an operator accept the time."""

from __future__ import annotations

import click

from cms.changes.heads import read_heads
from cms.changes.services import accept_clock
from cms.changes.trust import is_far
from cms.cli.application import application, operator
from cms.cli.failures import ready
from cms.core import clock
from cms.core.database_clock import agree_on_time
from cms.core.runtime import runtime


@click.group("clock")
def command() -> None:
    """Look after the clock."""


@command.command("accept")
@click.option("--yes", is_flag=True, help="Do not ask.")
def accept(yes: bool) -> None:
    """Say that the clock is right, so that writing goes on (after 503 `clock_wrong`).

    Everything that is scheduled up to the moment that the clock shows becomes due at once, and this cannot be undone. The line
    `clock.accepted` in the log says who did it when.
    """
    with ready(application()):
        agree_on_time(runtime().reader)
        heads = read_heads(runtime().reader)
        shown, known = (
            clock.rfc3339(moment.replace(microsecond=0)) for moment in (clock.now(), clock.from_micros(heads.seen_at))
        )
        click.echo(
            f"The clock shows {shown}. The newest known moment is {known if heads.seen_at else 'not there yet'}."
        )
        if not yes:
            click.confirm("Is the clock right?", abort=True)
        accept_clock(operator())
    click.echo("Accepted; writing goes on.")


def accept_on_a_trial() -> None:
    """Accept the clock when it is far from the newest known moment: a user who tries Simpul again after a month must not be
    stopped.
    """
    reader = runtime().reader
    agree_on_time(reader)
    if is_far(clock.now_micros(), read_heads(reader).seen_at):
        accept_clock(operator())
