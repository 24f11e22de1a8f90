"""The command line: what an operator does without HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from cms.changes.log import read_after
from cms.cli import COMMANDS, commands
from cms.cli.demo_city.secrets_file import DemoSecrets, DemoUser, read_secrets, write_secrets
from cms.cli.init import seed_city
from cms.core import clock
from cms.core.db import db
from tests.changes.tampering import tamper
from tests.conftest import second_app
from tests.people import People


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["cms", *words])


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(app: Flask, name: str) -> None:
    answer = run(app, name, "--help")
    assert answer.exit_code == 0, answer.output
    assert commands.get_command(None, name).help


def test_init_adds_the_reference_data_once(app: Flask) -> None:
    first, again = run(app, "init"), run(app, "init")
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert re.search(r"\b1\d\d rows of reference data added", first.output)
    assert "; 0 rows of reference data added" in again.output


def test_a_created_user_signs_in_with_the_printed_password(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        seed_city()
    answer = run(app, "user", "create", "Wati@DPU.example", "--name", "Wati", "--role", "author", "--agency", "dpu")
    assert answer.exit_code == 0, answer.output
    password = answer.output.splitlines()[-1]
    signed_in = client.post("/manage/v1/auth/login", json={"email": "wati@dpu.example", "password": password})
    assert signed_in.status_code == 200


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--role", "author"], "This role is held in an agency"),
        (["--role", "admin", "--agency", "dpu"], "leave the agency out"),
        (["--role", "author", "--agency", "nowhere"], "There is no such agency"),
    ],
)
def test_a_user_that_cannot_be_is_refused_in_words(app: Flask, words: list[str], sentence: str) -> None:
    answer = run(app, "user", "create", "wati@dpu.example", "--name", "Wati", *words)
    assert answer.exit_code == 1
    assert sentence in answer.output


@pytest.mark.parametrize(
    ("words", "pointer"),
    [
        (["user", "create", "wati", "--name", "Wati", "--role", "admin"], "/email: "),
        (["user", "create", "wati@dpu.example", "--name", "", "--role", "admin"], "/name: "),
        (
            ["key", "create", "S", "--agency", "dpu", "--contact-name", "W", "--contact-email", "wati"],
            "/contact/email: ",
        ),
        (["key", "create", "S", "--label", "x" * 121], "/label: "),
    ],
)
def test_the_command_line_keeps_the_rules_of_the_api(app: Flask, words: list[str], pointer: str) -> None:
    with app.app_context():
        seed_city()
    answer = run(app, *words)
    assert (answer.exit_code, pointer in answer.output) == (1, True), answer.output


def test_a_created_key_opens_the_delivery_plane(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        seed_city()
    given = ["--agency", "dpu", "--contact-name", "Wati", "--contact-email", "wati@dpu.example"]
    first, second = run(app, "key", "create", "Situs DPU", *given), run(app, "key", "create", "Situs DPU")
    keys = [answer.output.splitlines()[-1] for answer in (first, second)]
    assert len(set(keys)) == 2
    for key in keys:
        assert client.get("/v1/whoami", headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_a_key_for_an_unknown_consumer_needs_its_owner(app: Flask) -> None:
    answer = run(app, "key", "create", "Nobody")
    assert answer.exit_code == 1
    assert "--agency" in answer.output


def test_the_audit_command_finds_an_altered_line(app: Flask) -> None:
    with app.app_context():
        seed_city()
    assert run(app, "audit", "verify").exit_code == 0
    with app.app_context():
        tamper("UPDATE changes SET actor_label = 'somebody else' WHERE sequence = 3")
    answer = run(app, "audit", "verify")
    assert answer.exit_code == 1
    assert "line 3" in answer.output


def test_a_checkpoint_that_cannot_be_written_is_told_in_a_sentence(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        seed_city()
    answer = run(app, "audit", "checkpoint", "--out", str(tmp_path / "nowhere" / "checkpoint.json"))
    assert (answer.exit_code, "cannot be written: No such file or directory" in answer.output) == (2, True), (
        answer.output
    )


@pytest.mark.parametrize("name", ["init", "demo"])
@pytest.mark.parametrize(
    ("url", "reason"),
    [("postgresql://simpul:rahasia@127.0.0.1:1/simpul", "refused"), ("sqlite:////proc/nowhere/simpul.db", "")],
)
def test_a_database_that_is_away_is_told_in_a_sentence(
    environment: dict[str, str], tmp_path: Path, name: str, url: str, reason: str
) -> None:
    with second_app({**environment, "DATABASE_URL": url, "INSTANCE_PATH": str(tmp_path)}) as other:
        answer = run(other, name)
    assert (answer.exit_code, type(answer.exception)) == (1, SystemExit), answer.exception
    assert "The database does not answer: " in answer.output
    assert reason in answer.output
    assert "rahasia" not in answer.output


def test_commands_refuse_a_database_that_is_not_migrated(app: Flask) -> None:
    with app.app_context(), db.engine.connect().execution_options(writes=True) as connection:
        current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        connection.commit()
        try:
            answer = run(app, "audit", "verify")
        finally:
            connection.execute(text("UPDATE alembic_version SET version_num = :current"), {"current": current})
            connection.commit()
    assert answer.exit_code == 2
    assert "python -m cms init" in answer.output


class TestDoctor:
    @pytest.fixture(autouse=True)
    def settings(self, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

    def test_finds_nothing_red_in_a_sound_installation(self, app: Flask) -> None:
        # PostgreSQL's clock cannot be stopped.
        with clock.frozen(datetime.now(UTC)):
            answer = run(app, "doctor")
        assert answer.exit_code == 0, answer.output
        assert "The hash chain of the change log is whole." in answer.output

    def test_is_red_when_the_log_was_altered(self, app: Flask) -> None:
        with app.app_context():
            seed_city()
            sequence = read_after(0, 1)[0].sequence
            tamper(f"UPDATE changes SET agency = 'dishub' WHERE sequence = {sequence}")
        answer = run(app, "doctor")
        assert answer.exit_code == 1
        assert f"altered or incomplete at line {sequence}" in answer.output

    def test_is_red_for_unsafe_production_settings(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ENVIRONMENT", "production")
        monkeypatch.setenv("SECRET_KEY", "short")
        answer = run(app, "doctor")
        assert answer.exit_code == 1
        for name in ("SECRET_KEY", "TRUSTED_HOSTS", "PUBLIC_URL"):
            assert name in answer.output


def test_the_secrets_of_the_demonstration_are_for_their_owner_only(tmp_path: Path) -> None:
    secrets = DemoSecrets(
        "http://localhost:8000", {"website": "smp_x"}, [DemoUser("a@b.example", "p", "author", "dpu")]
    )
    path = write_secrets(tmp_path, secrets)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_secrets(tmp_path) == secrets


def test_nobody_can_sign_in_before_somebody_was_created(app: Flask, people: People) -> None:
    with app.app_context():
        seed_city()
        assert db.session.execute(text("SELECT count(*) FROM users")).scalar_one() == 0
