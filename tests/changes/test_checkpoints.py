"""Checkpoints: signed, kept, made when they are due; and the log of a real database held against them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from cms.changes import tasks
from cms.changes.actions import Action
from cms.changes.checkpoints import (
    BadCheckpointError,
    LogDamagedError,
    Signed,
    check_signature,
    is_signed,
    newest_checkpoint,
    read_checkpoints,
    signed,
    stored_checkpoints,
    trusted_keys,
)
from cms.changes.log import record
from cms.changes.services import make_checkpoint
from cms.changes.signing import BadKeyError, key_id_of, make_signing_key, signing_key
from cms.changes.stored_lines import StoredLog
from cms.changes.tasks import checkpoint_when_due
from cms.changes.verification import Damage, Finding, verify
from cms.core.db import unit_of_work
from cms.core.permissions import system_actor
from cms.core.runtime import runtime
from cms.core.setting_problems import setting_problems
from config import Settings
from tests.changes.tampering import tamper

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture(autouse=True)
def key(app: Flask, context: None) -> None:
    make_signing_key(runtime().settings)


def write(count: int) -> None:
    with unit_of_work() as unit:
        for number in range(count):
            record(unit, Action.AGENCY_UPDATED, f"dinas-{number}", system_actor("test"), fields=["name"])


def found(*given: Signed) -> Finding | None:
    log = StoredLog()
    return verify(log, log.head, {checkpoint.sequence: checkpoint.hash for checkpoint in given}).finding


def test_a_checkpoint_is_signed_kept_and_read_again() -> None:
    write(5)

    made = make_checkpoint()

    assert (made.sequence, made.count) == (5, 5)
    assert [signed(kept) for kept in stored_checkpoints()] == [made]
    assert read_checkpoints(made.as_json().encode()) == [made]
    check_signature(made, trusted_keys())
    assert found(made) is None


@pytest.mark.parametrize("name", ["sequence", "hash", "count", "epoch", "signed_at", "signature"])
def test_an_altered_checkpoint_does_not_hold(name: str) -> None:
    write(2)
    made = make_checkpoint()
    value = getattr(made, name)
    altered = replace(made, **{name: value + 1 if isinstance(value, int) else value[::-1]})

    assert not is_signed(altered, trusted_keys())


def test_a_checkpoint_of_an_unknown_key_is_not_believed() -> None:
    write(2)
    made = make_checkpoint()
    stranger = base64.b64encode(bytes(range(32))).decode()

    with pytest.raises(BadCheckpointError, match="not known here"):
        check_signature(replace(made, key_id=key_id_of(stranger), public_key=stranger), trusted_keys())
    with pytest.raises(BadKeyError):
        trusted_keys(["no key"])


@pytest.mark.parametrize("text", [b"", b"{}", b"[1]", b"null", b'{"data": 5}', b'{"sequence": "1"}'])
def test_what_is_no_checkpoint_is_refused(text: bytes) -> None:
    with pytest.raises(BadCheckpointError, match="no checkpoint"):
        read_checkpoints(text)


def test_the_next_checkpoint_goes_on_behind_the_last_one_and_the_same_line_is_signed_once() -> None:
    write(3)
    first = make_checkpoint()
    make_checkpoint()
    write(2)
    second = make_checkpoint()

    assert [kept.sequence for kept in stored_checkpoints()] == [3, 5]
    assert found(first, second) is None


def test_a_damaged_log_is_not_signed(moment: Callable[[timedelta], None]) -> None:
    write(4)
    tamper("UPDATE changes SET actor_label = 'x' WHERE sequence = 2")

    with pytest.raises(LogDamagedError, match="line 2: altered"):
        make_checkpoint()
    assert not checkpoint_when_due()
    assert stored_checkpoints() == []


def test_the_worker_signs_after_many_lines_or_a_day(
    moment: Callable[[timedelta], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "MOST_LINES", 3)
    assert not checkpoint_when_due(), "an empty log needs no checkpoint"
    write(1)
    assert checkpoint_when_due()
    write(2)
    assert not checkpoint_when_due()
    write(1)
    assert checkpoint_when_due()
    moment(timedelta(days=2))
    assert not checkpoint_when_due(), "nothing new"
    write(1)
    assert checkpoint_when_due()
    newest = newest_checkpoint()
    assert newest is not None
    assert newest.sequence == 5


DAMAGES = [
    ("UPDATE changes SET agency = 'dishub' WHERE sequence = 4", Finding(4, Damage.ALTERED)),
    ("UPDATE changes SET is_public = NOT is_public WHERE sequence = 4", Finding(4, Damage.ALTERED)),
    ("UPDATE changes SET recorded_at = '2026-11-24 01:00:01' WHERE sequence = 4", Finding(4, Damage.ALTERED)),
    ("UPDATE changes SET fields = '[]' WHERE sequence = 4", Finding(4, Damage.ALTERED)),
    ("DELETE FROM changes WHERE sequence = 4", Finding(4, Damage.DELETED)),
    ("UPDATE changes SET sequence = 99 WHERE sequence = 4", Finding(4, Damage.REORDERED)),
    ("DELETE FROM changes WHERE sequence > 6", Finding(7, Damage.TRUNCATED)),
    ("UPDATE change_head SET sequence = 12", Finding(8, Damage.HEAD)),
    ("DELETE FROM change_head", Finding(8, Damage.HEAD)),
]


@pytest.mark.parametrize(("statement", "finding"), DAMAGES)
def test_damage_in_a_real_database_is_named(statement: str, finding: Finding) -> None:
    write(8)
    made = make_checkpoint()

    tamper(statement)

    assert found(made) == finding


def test_an_end_that_was_cut_off_together_with_the_head_row_is_seen_only_by_a_checkpoint() -> None:
    write(8)
    made = make_checkpoint()

    tamper(
        "DELETE FROM changes WHERE sequence > 6",
        "UPDATE change_head SET sequence = 6, hash = (SELECT hash FROM changes WHERE sequence = 6)",
        "DELETE FROM checkpoints",
    )

    assert found() is None
    assert found(made) == Finding(7, Damage.TRUNCATED)


def test_a_value_that_the_driver_cannot_read_is_an_altered_line(app: Flask) -> None:
    write(8)
    is_sqlite = runtime().settings.uses_sqlite
    unreadable = "actor_label = CAST(x'ff' AS TEXT)" if is_sqlite else "recorded_at = 'infinity'"
    tamper(f"UPDATE changes SET {unreadable} WHERE sequence = 5")

    assert found() == Finding(5, Damage.ALTERED)


def test_lines_that_come_while_the_log_is_read_are_followed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cms.changes.stored_lines.CHUNKS", (2, 1))
    write(5)
    seen: list[int] = []

    def write_more(sequence: int) -> None:
        seen.append(sequence)
        if len(seen) < 4:
            write(1)

    log = StoredLog(progress=write_more)
    verification = verify(log, log.head)

    assert verification.finding is None
    assert verification.followed == 8


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(instance_path=str(tmp_path))

    assert signing_key(settings) is None
    assert make_signing_key(settings)
    assert not make_signing_key(settings)
    assert (tmp_path / "audit_signing_key").stat().st_mode & 0o777 == 0o600
    made, again = signing_key(settings), signing_key(settings)
    assert made is not None
    assert again is not None
    assert made.public_key == again.public_key


def test_a_key_in_the_settings_is_used_instead_and_must_be_one() -> None:
    text = base64.b64encode(bytes(32)).decode()

    key = signing_key(Settings(audit_signing_key=text))

    assert key is not None
    assert not make_signing_key(Settings(audit_signing_key=text))
    assert any("AUDIT_SIGNING_KEY" in each for each in setting_problems(Settings(audit_signing_key="short")))
