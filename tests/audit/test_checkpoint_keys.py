"""A new key for checkpoints: what the old one signed counts on, and whoever noted the old one can follow to the new one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from cms.changes.actions import Action
from cms.changes.checkpoints import Signed, read_checkpoints
from cms.changes.key_succession import followed, read_successions, successors
from cms.changes.log import record
from cms.changes.models import Change
from cms.changes.services import make_checkpoint, replace_checkpoint_key
from cms.changes.signing import FILE_NAME, NEXT_FILE_NAME, SigningKey, key_id_of, make_signing_key, read_key
from cms.changes.tasks import checkpoint_when_due
from cms.cli.application import operator
from cms.cli.doctor.trail import check_checkpoint
from cms.core.db import session, unit_of_work
from cms.core.permissions import system_actor
from cms.health.agreement import disagreements
from cms.health.services import agree
from tests.changes.tampering import tamper


@pytest.fixture(autouse=True)
def folder(app: Flask) -> Iterator[Path]:
    settings = app.extensions["simpul"].settings
    found = Path(settings.instance_path)
    make_signing_key(settings)
    before = (found / FILE_NAME).read_text()
    yield found
    (found / NEXT_FILE_NAME).unlink(missing_ok=True)
    (found / FILE_NAME).write_text(before)


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["cms", "audit", *words])


def write(app: Flask, count: int = 3) -> None:
    with app.app_context(), unit_of_work() as unit:
        for number in range(count):
            record(unit, Action.AGENCY_UPDATED, f"dinas-{number}", system_actor("test"), fields=["name"])


def kept(app: Flask, path: Path) -> Path:
    made = run(app, "checkpoint", "--out", str(path))
    assert made.exit_code == 0, made.output
    return path


def public_key(app: Flask) -> str:
    return run(app, "public-key").output.split()[0]


def rotated(app: Flask) -> str:
    done = run(app, "rotate-key")
    assert done.exit_code == 0, done.output
    return public_key(app)


def proof(app: Flask, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(app, "verify", "--json", *words).output)
    return found


def test_old_and_new_checkpoints_count_after_two_changes_of_the_key(app: Flask, tmp_path: Path) -> None:
    files = []
    for number in range(3):
        write(app)
        files.append(kept(app, tmp_path / f"{number}.json"))
        if number < 2:
            rotated(app)
    keys = {read_checkpoints(path.read_bytes())[0].key_id for path in files}
    assert len(keys) == 3

    found = proof(app, *(word for path in files for word in ("--checkpoint", str(path))))

    assert (found["whole"], found["checkpoints_given"], found["checkpoints_of_unknown_keys"]) == (True, 3, [])
    assert found["checkpoints"] == 3


def test_the_change_is_a_line_of_the_log_behind_a_checkpoint_of_the_old_key(app: Flask, folder: Path) -> None:
    write(app, 4)
    old = public_key(app)

    new = rotated(app)

    with app.app_context():
        asked = select(Change.sequence, Change.action, Change.resource_id).order_by(Change.sequence.desc()).limit(1)
        line = tuple(session.execute(asked).one())
        [change] = read_successions()
    assert line == (5, "checkpoint_key.replaced", key_id_of(new))
    assert (change.old_public_key, change.public_key, change.sequence) == (old, new, 5)
    assert proof(app)["checkpoints"] == 1
    assert (folder / FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert not (folder / NEXT_FILE_NAME).exists()


def test_whoever_noted_the_old_key_follows_it_to_the_one_of_the_server(app: Flask, tmp_path: Path) -> None:
    write(app)
    first = public_key(app)
    second, third = rotated(app), rotated(app)

    followed_to = run(app, "keys", "--from", first)

    assert followed_to.exit_code == 0, followed_to.output
    assert [line.split()[0] for line in followed_to.output.splitlines()[:3]] == [first, second, third]
    stranger = run(app, "keys", "--from", SigningKey.generate().public_key)
    assert stranger.exit_code == 1
    assert run(app, "keys", "--from", "no key").exit_code == 2


def test_a_key_that_somebody_put_into_the_database_is_not_followed(app: Flask, folder: Path, tmp_path: Path) -> None:
    """Who holds the database and not the keys: signs with a key of his own, and writes that it came after, or before, the true one."""
    write(app)
    path = kept(app, tmp_path / "kept.json")
    true, false = public_key(app), SigningKey.generate()
    with app.app_context():
        signed = read_key(folder / FILE_NAME)
        replace_checkpoint_key(operator(), false, false)
        replace_checkpoint_key(operator(), signed, SigningKey.generate())
        for column in ("old", "new"):
            assert {each.old_public_key for each in read_successions()} == {false.public_key, true}
            tamper(
                f"UPDATE checkpoint_keys SET {'old_' if column == 'old' else ''}public_key = '{true}' "
                f"WHERE key_id = '{false.key_id}'"
            )
            assert [each.old_public_key for each in read_successions()] == [true]
            tamper(
                f"UPDATE checkpoint_keys SET {'old_' if column == 'old' else ''}public_key = '{false.public_key}' "
                f"WHERE key_id = '{false.key_id}'"
            )
        assert false.public_key not in successors([true], read_successions())
        assert false.key_id not in followed([true], read_successions())
        tamper("UPDATE checkpoint_keys SET sequence = 999")
        assert read_successions() == []
    assert proof(app, "--checkpoint", str(path))["whole"]


def test_a_replaced_key_signs_nothing_more_and_nothing_more_of_it_counts(
    app: Flask, folder: Path, tmp_path: Path
) -> None:
    write(app)
    old = (folder / FILE_NAME).read_text()
    rotated(app)
    write(app)
    path = kept(app, tmp_path / "new.json")
    [new] = read_checkpoints(path.read_bytes())
    key = _key(tmp_path, old)
    forged = replace(new, key_id=key.key_id, public_key=key.public_key)
    forged = replace(forged, signature=key.sign(forged.statement()))
    path.write_text(forged.as_json())

    believed = run(app, "verify", "--checkpoint", str(path))
    given = run(app, "verify", "--checkpoint", str(path), "--public-key", key.public_key)

    assert (believed.exit_code, given.exit_code) == (2, 2)
    assert "replaced at line 4" in believed.output
    with app.app_context():
        _store(forged)
    assert proof(app)["altered_checkpoints"] == [forged.sequence]

    (folder / FILE_NAME).write_text(old)
    assert "was replaced at line 4" in run(app, "checkpoint").output
    assert run(app, "checkpoint").exit_code == run(app, "rotate-key").exit_code == 2
    with app.app_context():
        assert not checkpoint_when_due()
        [told] = [found for found in check_checkpoint(app.extensions["simpul"].settings) if found.level == "red"]
    assert "was replaced at line 4" in told.sentence


def _key(folder: Path, text: str) -> SigningKey:
    path = folder / "key"
    path.write_text(text)
    return read_key(path)


def _store(checkpoint: Signed) -> None:
    tamper(
        "INSERT INTO checkpoints (sequence, key_id, epoch, hash, count, signed_at, public_key, signature) "
        f"SELECT sequence, '{checkpoint.key_id}', epoch, hash, count, signed_at, '{checkpoint.public_key}', "
        f"'{checkpoint.signature}' FROM checkpoints WHERE sequence = {checkpoint.sequence}"
    )


def test_a_change_that_was_cut_off_is_finished_and_one_that_was_not_written_begins_anew(
    app: Flask, folder: Path
) -> None:
    write(app)
    waiting = SigningKey.generate()
    waiting.keep(folder / NEXT_FILE_NAME)
    made = rotated(app)
    assert made != waiting.public_key

    written = SigningKey.generate()
    written.keep(folder / NEXT_FILE_NAME)
    with app.app_context():
        replace_checkpoint_key(operator(), read_key(folder / FILE_NAME), written)
    assert rotated(app) == written.public_key
    with app.app_context():
        assert len(read_successions()) == 2
        assert make_checkpoint().key_id == written.key_id


def test_a_damaged_log_is_not_signed_and_the_key_stays(app: Flask) -> None:
    write(app)
    before = public_key(app)
    with app.app_context():
        tamper("UPDATE changes SET actor_label = 'x' WHERE sequence = 2")

    answer = run(app, "rotate-key")

    assert answer.exit_code == 1
    assert "Not signed." in answer.output
    assert public_key(app) == before


def test_nodes_with_the_key_of_before_say_that_they_differ(app: Flask, folder: Path) -> None:
    write(app)
    with app.app_context():
        agree(changed=False)
    old = (folder / FILE_NAME).read_text()
    rotated(app)
    with app.app_context():
        assert not any("signs checkpoints" in sentence for sentence in disagreements())
        (folder / FILE_NAME).write_text(old)
        assert any("signs checkpoints" in sentence for sentence in disagreements())


def test_a_file_is_named_only_where_the_key_comes_from_a_setting(app: Flask, tmp_path: Path) -> None:
    answer = run(app, "rotate-key", "--out", str(tmp_path / "key"))
    assert answer.exit_code == 2
    assert "AUDIT_SIGNING_KEY" in answer.output
