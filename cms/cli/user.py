"""`user`: people who may sign in."""

from __future__ import annotations

import click

from cms.accounts.passwords import generate_password
from cms.accounts.schemas import UserCreateSchema
from cms.accounts.services.people import create_user
from cms.cli.application import application
from cms.cli.failures import checked, ready
from cms.core.permissions import Role, system_actor


@click.group("user")
def command() -> None:
    """Look after the people who may sign in."""


@command.command("create")
@click.argument("email")
@click.option("--name", required=True, help="Full name.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="What the person is.")
@click.option(
    "--agency", help="Slug of the agency; needed for author, agency_editor and ppid_pelaksana, refused for the others."
)
def create(email: str, name: str, role: str, agency: str | None) -> None:
    """Add a person and print the generated password once.

    The person must change it before anything else. More roles are given over the API: PATCH /manage/v1/users/{id}.
    """
    password = generate_password()
    with ready(application()):
        person = checked(UserCreateSchema(only=("email", "name")), {"email": email, "name": name})
        user = create_user(
            system_actor("command line"), **person, password=password, memberships=[(Role(role), agency)]
        )
    click.echo(
        f"Created {user.email} ({role}{f' of {agency}' if agency else ''}). Password, shown only now:\n{password}"
    )
