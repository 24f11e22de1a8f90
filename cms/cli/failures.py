"""Errors of the domain as sentences on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask import Flask
from marshmallow import Schema, ValidationError

from cms.core.errors import DomainError
from cms.core.http.input_errors import to_domain_error
from cms.core.http.messages import PROBLEMS, RULES
from cms.core.runtime import runtime
from cms.health.checks import check_database, check_migrations
from config import PROJECT_ROOT

MIGRATIONS = PROJECT_ROOT / "migrations"


@contextmanager
def ready(app: Flask) -> Iterator[None]:
    """An application context on a current database; ends the command with one sentence when there is none."""
    with app.app_context():
        for check in (check_database(runtime().reader), check_migrations(MIGRATIONS)):
            if not check.ok:
                raise click.ClickException(check.text)
        with told():
            yield


@contextmanager
def told() -> Iterator[None]:
    """End the command with the sentences of the error instead of a trace."""
    try:
        yield
    except DomainError as error:
        sentences = [PROBLEMS[error.code].detail.filled("en", error.params)]
        sentences += [f"{fault.name}: {RULES[fault.code].filled('en', dict(fault.params))}" for fault in error.errors]
        raise click.ClickException("\n".join(sentences)) from None


def checked(schema: Schema, values: dict[str, Any]) -> dict[str, Any]:
    """The arguments, checked by the schema of the API: the command line does not bypass its rules. Raises `DomainError`."""
    try:
        loaded: dict[str, Any] = schema.load(values)
    except ValidationError as error:
        raise to_domain_error(error, schema, "json") from None
    return loaded
