"""`key`: delivery keys of registered websites and apps."""

from __future__ import annotations

import click
from sqlalchemy import select

from cms.cli.application import application, operator
from cms.cli.failures import checked, ready
from cms.consumers.models import Consumer, ConsumerKind
from cms.consumers.schemas import ConsumerCreateSchema, KeyCreateSchema
from cms.consumers.services import create_key, register_consumer
from cms.core.db import rolled_back, session


@click.group("key")
def command() -> None:
    """Look after the delivery keys of websites and apps."""


@command.command("create")
@click.argument("consumer")
@click.option("--agency", help="Slug of the agency that owns a new consumer; it does not limit what the key reads.")
@click.option("--kind", type=click.Choice([kind.value for kind in ConsumerKind]), default="website", show_default=True)
@click.option("--contact-name", help="Whom to call about a new consumer.")
@click.option("--contact-email", help="Where to write to about a new consumer.")
@click.option("--label", default="command line", show_default=True, help="What tells this key from others.")
def create(
    consumer: str, agency: str | None, kind: str, contact_name: str | None, contact_email: str | None, label: str
) -> None:
    """Make a key for CONSUMER (its name or id), registering it when it is new, and print the key once."""
    with ready(application()):
        named = checked(KeyCreateSchema(only=("label",)), {"label": label})
        consumer_id = _find_consumer(consumer)
        if consumer_id is None:
            if not (agency and contact_name and contact_email):
                raise click.ClickException(
                    f"There is no consumer {consumer!r}. To register it give --agency, --contact-name and --contact-email."
                )
            contact = {"name": contact_name, "email": contact_email}
            values = {"name": consumer, "kind": kind, "agency": agency, "contact": contact}
            consumer_id = register_consumer(operator(), checked(ConsumerCreateSchema(), values)).id
        issued = create_key(operator(), consumer_id, **named)
    click.echo(
        "--agency names who is responsible for the consumer; it does not limit the key to what that agency publishes.",
        err=True,
    )
    click.echo(f"Key of {consumer}, until {issued.key.expires_at:%Y-%m-%d}, shown only now:\n{issued.text}")


def _find_consumer(name_or_id: str) -> str | None:
    with rolled_back():
        found: str | None = session.scalar(
            select(Consumer.id).where((Consumer.name == name_or_id) | (Consumer.id == name_or_id)).limit(1)
        )
    return found
