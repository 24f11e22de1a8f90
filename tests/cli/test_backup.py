"""The drill: a backup under load, everything destroyed, restored, and proved."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect

from cms.changes.log import read_after
from cms.cli.backups.manifest import read_manifest
from cms.core import clock
from cms.core.db import db
from cms.core.permissions import Role
from cms.core.runtime import runtime
from cms.health.services import WEB, WORKER
from cms.publishing.stored_content import prove_bytes, prove_content
from cms.worker import heartbeat, web_tasks
from tests.cli.restorable import cms, installation, use_packaged_programs, with_file
from tests.documents.samples import PDF
from tests.documents.uploads import digest
from tests.factories import add_city, post_content
from tests.people import Caller, People

POSTS, DOCUMENTS = "/manage/v1/posts", "/manage/v1/documents"
WRITERS = 2


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    use_packaged_programs(monkeypatch)


@pytest.fixture
def source(environment: dict[str, str], migrated_database: str, tmp_path: Path) -> Iterator[Flask]:
    """An installation with a city."""
    with installation(environment, tmp_path / "source", migrated_database) as app:
        add_city(app)
        yield app


@dataclass
class Written:
    """What readers had been promised: ids of posts whose publication was acknowledged."""

    editor: Caller
    published: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def write(self) -> None:
        """Publish posts until somebody says stop."""
        while not self.stop.is_set():
            publish(self.editor, title=f"Berita {len(self.published)}", into=self.published)


def publish(editor: Caller, *, title: str, into: list[str] | None = None) -> str:
    made = editor.post(POSTS, post_content(title=title))
    path = f"{POSTS}/{made.json['data']['id']}"
    answer = editor.post(f"{path}/publish", {}, match=made.headers["ETag"])
    assert answer.status_code == 200, answer.json
    if into is not None:
        into.append(made.json["data"]["id"])
    return str(made.json["data"]["id"])


def begin_writing(app: Flask, editor: Caller) -> tuple[list[Written], list[threading.Thread]]:
    """Several people publish at once; returns when each has published something."""
    work = [Written(Caller(app.test_client(), editor.token, editor.actor)) for _ in range(WRITERS)]
    threads = [threading.Thread(target=each.write) for each in work]
    for thread in threads:
        thread.start()
    while not all(len(each.published) >= 3 for each in work):
        assert all(thread.is_alive() for thread in threads)
    return work, threads


def end_writing(work: list[Written], threads: list[threading.Thread]) -> None:
    for each in work:
        each.stop.set()
    for thread in threads:
        thread.join()


def test_the_drill(source: Flask, environment: dict[str, str], tmp_path: Path) -> None:
    editor = People(source, source.test_client()).person(Role.CENTRAL_EDITOR)
    site = People(source, source.test_client()).website()
    document, file = with_file(source, editor)
    first = publish(editor, title="Pengumuman A")
    work, threads = begin_writing(source, editor)
    acknowledged = [item for each in work for item in list(each.published)]

    made = cms(source, "backup", str(tmp_path / "backup"))

    end_writing(work, threads)
    assert made.exit_code == 0, made.output
    # What comes after the backup is lost, and its positions are given once more.
    editor.post(f"{document}/unpublish", {"kind": "vanish"}, match=editor.get(document).headers["ETag"])
    publish(editor, title="Hilang")
    tags = {path: site.get(path).headers["ETag"] for path in ("/v1/posts", f"/v1/posts/{first}", "/v1/agencies")}
    old = site.get("/v1/posts").headers["Content-Epoch"]

    # A new place: nothing of the old one is there.
    with installation(environment, tmp_path / "target") as target:
        restored = cms(target, "restore", str(tmp_path / "backup"))
        assert restored.exit_code == 0, restored.output
        for proof in ("The log is whole", "What readers get is what was published", "bytes of all files"):
            assert proof in restored.output
        again = Caller(target.test_client(), site.token)
        with target.app_context():
            assert list(prove_content()) == []
            assert list(prove_bytes(runtime().storage)) == []
            last = read_after(0, 100_000)[-1]
        assert last.action == "installation.restored"
        assert last.facts["cause"] == {"kind": "restore", "id": read_manifest(tmp_path / "backup").id}
        missing = [item for item in [first, *acknowledged] if again.get(f"/v1/posts/{item}").status_code != 200]
        assert missing == [], "every write acknowledged before the backup began is there"
        assert again.get(file).data == PDF
        for path, tag in tags.items():
            answer = again.get(path, headers={"If-None-Match": tag})
            assert (answer.status_code, answer.headers["Content-Epoch"] == old) == (200, False), path
        whole = cms(target, "audit", "verify", "--content")
        assert whole.exit_code == 0, whole.output


def test_secrets_are_named_and_not_inside(source: Flask, environment: dict[str, str], tmp_path: Path) -> None:
    made = cms(source, "backup", str(tmp_path / "backup"))

    assert "SECRET_KEY" in made.output
    everything = b"".join(path.read_bytes() for path in (tmp_path / "backup").rglob("*") if path.is_file())
    assert environment["SECRET_KEY"].encode() not in everything
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "backup").glob("database.*")} == {0}


def test_a_restore_refuses_what_is_there_unless_it_may_replace_it(source: Flask, tmp_path: Path) -> None:
    editor = People(source, source.test_client()).person(Role.CENTRAL_EDITOR)
    site = People(source, source.test_client()).website()
    first = publish(editor, title="Pengumuman A")
    assert cms(source, "backup", str(tmp_path / "backup")).exit_code == 0
    lost = publish(editor, title="Pengumuman B")
    tag = site.get("/v1/posts").headers["ETag"]

    refused = cms(source, "restore", str(tmp_path / "backup"))

    assert (refused.exit_code, "--replace" in refused.output) == (1, True)
    assert site.get(f"/v1/posts/{lost}").status_code == 200
    done = cms(source, "restore", str(tmp_path / "backup"), "--replace")
    assert done.exit_code == 0, done.output
    assert site.get(f"/v1/posts/{first}").status_code == 200
    assert site.get(f"/v1/posts/{lost}").status_code == 404
    publish(editor, title="Pengumuman C")
    assert site.get("/v1/posts", headers={"If-None-Match": tag}).status_code == 200, (
        "the position is the same, the list is not"
    )
    again = cms(source, "restore", str(tmp_path / "backup"), "--replace")
    assert again.exit_code == 0, again.output


@pytest.mark.parametrize("who", [WORKER, WEB])
def test_a_restore_does_not_replace_what_somebody_works_with(
    source: Flask, tmp_path: Path, moment: Callable[[timedelta], None], who: str
) -> None:
    editor = People(source, source.test_client()).person(Role.CENTRAL_EDITOR)
    site = People(source, source.test_client()).website()
    assert cms(source, "backup", str(tmp_path / "backup")).exit_code == 0
    lost = publish(editor, title="Pengumuman B")
    tasks = {task.name: task for task in ([heartbeat([])] if who == WORKER else web_tasks())}
    with source.app_context():
        assert tasks["heartbeat"].run() is False
    moment(timedelta(seconds=50))

    refused = cms(source, "restore", str(tmp_path / "backup"), "--replace")

    assert (refused.exit_code, f"last minute: {who}." in refused.output) == (1, True), refused.output
    assert site.get(f"/v1/posts/{lost}").status_code == 200
    moment(timedelta(seconds=15))
    assert cms(source, "restore", str(tmp_path / "backup"), "--replace").exit_code == 0
    with source.app_context():
        tasks["heartbeat"].run()
    forced = cms(source, "restore", str(tmp_path / "backup"), "--replace", "--despite-running")
    assert forced.exit_code == 0, forced.output


def test_versions_are_lifted_above_any_that_were_given_also_after_several_restores(
    source: Flask, tmp_path: Path
) -> None:
    editor = People(source, source.test_client()).person(Role.CENTRAL_EDITOR)
    path = f"{POSTS}/{publish(editor, title='Judul')}"
    assert cms(source, "backup", str(tmp_path / "backup")).exit_code == 0
    given = []
    with clock.frozen(clock.now()) as advance:
        for _ in range(2):
            for number in range(3):
                tag = editor.get(path).headers["ETag"]
                given.append(tag)
                assert editor("PATCH", path, match=tag, json={"title": f"Judul {number}"}).status_code == 200
            given.append(editor.get(path).headers["ETag"])
            advance(timedelta(minutes=2))
            assert cms(source, "restore", str(tmp_path / "backup"), "--replace").exit_code == 0
            assert editor.get(path).headers["ETag"] not in given
            for old in given:
                assert editor("PATCH", path, match=old, json={"title": "x"}).status_code == 412


def damage(folder: Path, name: str) -> None:
    path = next(folder.rglob(name))
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_damaged_backup_is_refused_before_anything_is_touched(
    source: Flask, environment: dict[str, str], tmp_path: Path
) -> None:
    editor = People(source, source.test_client()).person(Role.CENTRAL_EDITOR)
    with_file(source, editor)
    backup, other = tmp_path / "backup", tmp_path / "other"
    assert cms(source, "backup", str(backup)).exit_code == 0
    shutil.copytree(backup, other)
    damage(backup, "database.*")
    damage(other, digest(PDF))
    later = publish(editor, title="Setelah pencadangan")

    with installation(environment, tmp_path / "target") as target:
        for folder in (backup, other):
            for app, words in ((target, ()), (target, ("--replace",)), (source, ()), (source, ("--replace",))):
                refused = cms(app, "restore", str(folder), *words)
                assert (refused.exit_code, "Nothing was changed" in refused.output) == (1, True), refused.output
                assert (digest(PDF) in refused.output) == (folder == other)
        with target.app_context():
            assert inspect(db.engine).get_table_names() == []
        assert editor.get(f"{POSTS}/{later}").status_code == 200, "the installation goes on as it was"

        went_on = cms(target, "restore", str(other), "--despite-damage")
        assert (went_on.exit_code, digest(PDF) in went_on.output) == (1, True), went_on.output
        (backup / "manifest.json").unlink()
        assert "no whole backup" in cms(target, "restore", str(backup), "--replace").output


def test_a_file_that_was_lost_before_the_backup_does_not_keep_it_from_being_restored(
    source: Flask, environment: dict[str, str], tmp_path: Path
) -> None:
    with_file(source, People(source, source.test_client()).person(Role.CENTRAL_EDITOR))
    with source.app_context():
        runtime().storage.delete(digest(PDF))
    assert cms(source, "backup", str(tmp_path / "backup")).exit_code == 1

    with installation(environment, tmp_path / "target") as target:
        restored = cms(target, "restore", str(tmp_path / "backup"))

    assert (restored.exit_code, digest(PDF) in restored.output) == (1, True)
    assert "Epoch" in restored.output


def test_a_backup_of_long_ago_can_be_restored(source: Flask, tmp_path: Path) -> None:
    """The clock is far from everything that is in it, and that is no reason to write nothing."""
    assert cms(source, "backup", str(tmp_path / "backup")).exit_code == 0
    with clock.frozen(clock.now()) as advance:
        advance(timedelta(days=90))

        done = cms(source, "restore", str(tmp_path / "backup"), "--replace")

    assert done.exit_code == 0, done.output
