"""What code of one release makes of the database of another one, and how a migrating command leaves it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from cms.cli import migrating
from cms.cli.migrating import downgrade_database, migrate_database
from cms.core.db import db
from cms.core.schema_state import Schema, read_schema
from tests.conftest import second_app
from tests.database import own_database
from tests.updating.releases import NEWEST, number, release


@pytest.fixture
def older(
    environment: dict[str, str], migrated_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """The application of this code, on a migrated database of its own. No server runs that a step would have to wait for."""
    monkeypatch.setattr(migrating, "CLOSING_SECONDS", 0.0)
    with (
        own_database(tmp_path, "schema", migrated_database) as url,
        second_app({**environment, "DATABASE_URL": url}) as app,
    ):
        with app.app_context():
            app.extensions["simpul"].storage.mark("tests")
        yield app


def doctor(app: Flask, **_settings: str) -> Result:
    return app.test_cli_runner().invoke(args=["cms", "audit", "verify"])


def answers(app: Flask) -> dict[str, int]:
    """Status of an address of each plane, after a look at the schema as the tasks of a server take one."""
    with app.app_context():
        app.extensions["simpul"].schema.look()
    app.extensions["simpul"].forget()
    client = app.test_client()
    paths = {"/v1/whoami", "/manage/v1/me", "/healthz", "/readyz"}
    return {path: client.get(path).status_code for path in paths}


IN_SERVICE = {"/v1/whoami": 401, "/manage/v1/me": 401, "/healthz": 200, "/readyz": 200}
WAITING = {"/v1/whoami": 503, "/manage/v1/me": 503, "/healthz": 200, "/readyz": 503}


def test_older_code_works_with_a_newer_compatible_database(older: Flask, tmp_path: Path) -> None:
    with older.app_context():
        migrate_database(release(tmp_path / "next", "compatible"))
        schema = read_schema()

    assert schema is not None
    assert (schema.version, schema.fault(NEWEST)) == (number(1), None)
    assert answers(older) == IN_SERVICE
    assert doctor(older).exit_code == 0


def test_older_code_is_kept_away_after_a_step_that_stops_also_when_compatible_ones_follow(
    older: Flask, tmp_path: Path
) -> None:
    with older.app_context():
        migrate_database(release(tmp_path / "next", "stops", "compatible"))

    assert answers(older) == WAITING
    refused = doctor(older)
    assert refused.exit_code != 0
    assert (
        f"on migration {number(2)} and needs code that knows {number(1)}; this code ends at {NEWEST}" in refused.output
    )


def test_the_way_back_brings_older_code_into_service_again(older: Flask, tmp_path: Path) -> None:
    folder = release(tmp_path / "next", "compatible", "stops")
    with older.app_context():
        migrate_database(folder)
        assert answers(older) == WAITING
        downgrade_database(number(1), folder)

        assert answers(older) == IN_SERVICE
        with pytest.raises(click.ClickException, match="no way down to 9999"):
            downgrade_database("9999", folder)


def test_older_code_does_not_migrate_a_newer_database(older: Flask, tmp_path: Path) -> None:
    with older.app_context():
        migrate_database(release(tmp_path / "next", "stops"))
        with pytest.raises(click.ClickException, match=f"is on migration {number(1)}; this code ends at {NEWEST}"):
            migrate_database()


def test_a_step_that_fails_leaves_the_servers_in_service(older: Flask, tmp_path: Path) -> None:
    folder = release(tmp_path / "next", "stops", up='    raise ValueError("no")\n')
    with older.app_context(), pytest.raises(ValueError, match="no"):
        migrate_database(folder)

    assert answers(older) == IN_SERVICE


def test_what_a_killed_command_left_closed_is_opened_by_the_next_one(older: Flask) -> None:
    with older.app_context():
        with db.engine.connect().execution_options(writes=True) as connection:
            connection.execute(text("UPDATE schema_state SET closed_for = '9999'"))
            connection.commit()
        assert answers(older) == WAITING
        migrate_database()

    assert answers(older) == IN_SERVICE


def test_a_database_that_is_away_changes_nothing_of_what_was_known(environment: dict[str, str], tmp_path: Path) -> None:
    with (
        second_app({**environment, "DATABASE_URL": f"sqlite:///{tmp_path / 'nowhere' / 'own.db'}"}) as app,
        app.app_context(),
    ):
        watch = app.extensions["simpul"].schema
        assert watch.look()
        watch.fault = "closed"
        assert not watch.look()


@pytest.mark.parametrize(
    ("schema", "is_fit"),
    [
        (Schema("0020", "0011"), True),
        (Schema("0021", "0020"), True),
        (Schema("0021", "0021"), False),
        (Schema("0019", "0011"), False),
        (Schema("0020", "0011", "0021"), False),
    ],
)
def test_code_that_ends_at_migration_20(schema: Schema, is_fit: bool) -> None:
    assert (schema.fault("0020") is None) is is_fit


@pytest.mark.parametrize("revision", ["0022", "0001"])
def test_the_way_down_past_the_table_of_this_state_can_be_gone_up_again(older: Flask, revision: str) -> None:
    with older.app_context():
        downgrade_database(revision)
        below = read_schema()
        migrate_database()
        above = read_schema()

    assert below == Schema(revision, "")
    assert above is not None
    assert (above.version, above.closed_for) == (NEWEST, None)
    assert answers(older) == IN_SERVICE
