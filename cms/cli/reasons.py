"""The reason that an operator gives with a command, for the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from cms.core.characters import has_words, without_hiding

Command = TypeVar("Command", bound=Callable[..., Any])


def reason_option(meaning: str) -> Callable[[Command], Command]:
    """The option `--reason`, which must have words."""
    return click.option("--reason", required=True, help=meaning, callback=_checked)


def _checked(_context: click.Context, _option: click.Parameter, given: str) -> str:
    reason = without_hiding(given).strip()
    if not has_words(reason):
        raise click.BadParameter("say in words why")
    return reason
