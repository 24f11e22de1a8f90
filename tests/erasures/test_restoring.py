"""A restored backup brings nothing back that was erased after it was made, whatever of the ledger is left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from cms.changes.models import Change
from cms.cli.backups.manifest import read_manifest
from cms.core import clock
from cms.core.db import session
from cms.core.runtime import runtime
from cms.erasures.ledger import NAME, read_ledger
from cms.erasures.models import Erasure
from cms.erasures.tasks import keep_ledger, remove_erased_bytes
from tests.cli.restorable import cms, installation, use_packaged_programs
from tests.erasures.orders import MANAGE, Orders
from tests.factories import add_city
from tests.people import People


@pytest.fixture
def orders(
    environment: dict[str, str], migrated_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Orders]:
    """An installation of its own, which can be destroyed."""
    use_packaged_programs(monkeypatch)
    with installation(environment, tmp_path / "own", migrated_database) as app, clock.frozen(clock.now()) as advance:
        add_city(app)
        yield Orders(app, People(app, app.test_client()), advance)


def backup(app: Flask, folder: Path) -> Path:
    """A backup of everything."""
    made = cms(app, "backup", str(folder))
    assert made.exit_code == 0, made.output
    return folder


def restore(app: Flask, source: Path, *words: str) -> str:
    """Put it in place; what the command says."""
    done = cms(app, "restore", str(source), "--replace", "--despite-running", *words)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_backup_from_before_the_erasure_comes_back_without_it(orders: Orders, tmp_path: Path) -> None:
    path, _file = orders.document()
    orders.read_files()
    other = orders.post(title="Tetap", summary="Ringkas", body="Isi", tags=[], slug="tetap")
    made = backup(orders.app, tmp_path / "backup")
    orders.erase(path)
    assert "1 of them came after the backup" in restore(orders.app, made)
    assert orders.traces() == []
    with orders.app.app_context():
        line = session.scalars(select(Change).where(Change.action == "document.erased")).one()
        assert line.facts["cause"]["kind"] == "restore"
        assert [each.state for each in session.scalars(select(Erasure))] == ["done"]
    verified = cms(orders.app, "audit", "verify", "--content")
    assert verified.exit_code == 0, verified.output
    assert other


def test_the_order_names_the_period_of_the_backups_that_hold_it(orders: Orders, tmp_path: Path) -> None:
    early = read_manifest(backup(orders.app, tmp_path / "early"))
    orders.moment(timedelta(minutes=2))
    path, _file = orders.document()
    orders.moment(timedelta(minutes=2))
    holding = read_manifest(backup(orders.app, tmp_path / "holding"))
    orders.moment(timedelta(minutes=2))
    ordered = orders.order(path)
    waits = ordered.json["data"]["backups"]  # type: ignore[index]
    assert waits["until"] is None
    orders.confirm(ordered)
    orders.moment(timedelta(minutes=2))
    late = read_manifest(backup(orders.app, tmp_path / "late"))
    period = orders.officer.get(f"{MANAGE}/erasures/{ordered.json['data']['id']}").json["data"]["backups"]  # type: ignore[index]
    assert period["from"] == waits["from"]
    assert early.made_at < period["from"] < holding.made_at < period["until"] < late.made_at


def test_a_backup_from_after_the_erasure_needs_nothing(orders: Orders, tmp_path: Path) -> None:
    path = orders.post()
    orders.erase(path)
    made = backup(orders.app, tmp_path / "backup")
    assert "0 of them came after the backup" in restore(orders.app, made)
    assert orders.traces() == []


def test_a_redacted_file_came_after_the_backup_so_the_whole_document_goes(orders: Orders, tmp_path: Path) -> None:
    """The backup has the bad file as the published one: better nothing than that."""
    path, file_id = orders.document()
    made = backup(orders.app, tmp_path / "backup")
    orders.file(path, name="hitam.pdf", variant="redacted")
    orders.editor("DELETE", f"{path}/files/{file_id}", match=orders.version(path))
    orders.publish_anew(path, title="Daftar", slug="daftar")
    orders.erase(path, files=[file_id])
    restore(orders.app, made)
    assert orders.traces() == []


def test_a_draft_of_before_the_publication_is_purged(orders: Orders, tmp_path: Path) -> None:
    path = orders.post()
    draft = orders.post(slug="lain")
    made = backup(orders.app, tmp_path / "backup")
    orders.erase(path)
    assert draft
    restore(orders.app, made)
    assert orders.editor.get(path).json["data"]["title"] == "[dihapus]"  # type: ignore[index]


def test_an_empty_database_is_told_by_a_ledger_from_elsewhere(
    orders: Orders, environment: dict[str, str], tmp_path: Path
) -> None:
    path, _file = orders.document()
    made = backup(orders.app, tmp_path / "backup")
    orders.erase(path)
    ledger = tmp_path / "own" / NAME
    assert [entry.item for entry in read_ledger(ledger)] == [path.rpartition("/")[2]]
    with installation(environment, tmp_path / "new") as new:
        told = cms(new, "restore", str(made), "--erasures", str(ledger))
        assert told.exit_code == 0, told.output
        assert Orders.traces_of(new) == []
        assert (tmp_path / "new" / NAME).exists(), "the ledger goes on there"


def test_who_has_no_ledger_is_told_so(orders: Orders, environment: dict[str, str], tmp_path: Path) -> None:
    orders.post()
    made = backup(orders.app, tmp_path / "backup")
    with installation(environment, tmp_path / "new") as new:
        told = cms(new, "restore", str(made))
        assert told.exit_code == 0, told.output
        assert "No ledger of erasures was found" in told.output
        bad = tmp_path / "bad.json"
        bad.write_text("{}")
        refused = cms(new, "restore", str(made), "--replace", "--erasures", str(bad))
        assert refused.exit_code == 1
        assert "Nothing was changed" in refused.output


def test_a_killed_worker_begins_again_and_a_lost_ledger_is_written_again(orders: Orders, tmp_path: Path) -> None:
    """Between the transaction and the bytes everything may end: the next worker finds what is left."""
    path, _file = orders.document()
    done = orders.confirm(orders.order(path))
    assert done.status_code == 200
    (tmp_path / "own" / NAME).unlink()
    assert len(orders.traces()) == 1, "the bytes"
    orders.moment(timedelta(minutes=2))
    with orders.app.app_context():
        storage = runtime().storage
        digest = orders.traces()[0]
        storage.delete(digest)
        assert remove_erased_bytes()
        assert not remove_erased_bytes()
        assert not keep_ledger()
    assert len(read_ledger(tmp_path / "own" / NAME)) == 1
    assert orders.traces() == []


def test_bytes_wait_for_a_backup_that_is_under_way(orders: Orders) -> None:
    path, _file = orders.document()
    orders.confirm(orders.order(path))
    orders.moment(timedelta(minutes=2))
    with orders.app.app_context():
        assert not remove_erased_bytes(lambda: True)
        assert len(orders.traces()) == 1
        assert remove_erased_bytes(lambda: False)
    assert orders.traces() == []
