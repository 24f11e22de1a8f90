"""Shared by commands that prove something: the reason why a proof could not be made, and exit code 2 for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from cms.changes.checkpoints import BadCheckpointError, LogDamagedError
from cms.changes.signing import BadKeyError, NoSigningKeyError
from cms.cli.application import application
from cms.cli.failures import ready

NOT_DONE = 2


class NotDone(click.ClickException):
    """The proof could not be made."""

    exit_code = NOT_DONE


@contextmanager
def provable() -> Iterator[None]:
    """An application context; an error that prevents the proof ends the command with exit code 2."""
    try:
        with ready(application()):
            yield
    except (BadCheckpointError, BadKeyError, NoSigningKeyError) as error:
        raise NotDone(str(error)) from None
    except LogDamagedError as error:
        raise click.ClickException(f"Not signed. {error}") from None
    except NotDone:
        raise
    except click.ClickException as error:
        raise NotDone(error.message) from None
