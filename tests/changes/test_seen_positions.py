"""A database that was taken back without a word is noticed by every node that has seen more of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from cms.changes.actions import Action
from cms.changes.log import record
from cms.changes.seen_positions import FILE_NAME, SeenPositions, seen_positions
from cms.changes.services import renew_epoch
from cms.core.db import db, unit_of_work
from cms.core.errors import Unavailable
from cms.core.periodic import run_tasks
from cms.core.permissions import Role, system_actor
from cms.core.runtime import runtime
from cms.worker import web_tasks
from tests.changes.tampering import tamper
from tests.factories import add_city, post_content
from tests.people import People

ACTOR = system_actor("test")
CUT = (
    "DELETE FROM changes WHERE sequence > 3",
    "UPDATE change_head SET sequence = 3, hash = (SELECT hash FROM changes WHERE sequence = 3)",
)


@pytest.fixture
def node(app: Flask, tmp_path: Path, context: None) -> Iterator[SeenPositions]:
    """Another node of this database, which has seen five lines of it."""
    write(5)
    found = SeenPositions(tmp_path, runtime().reader)
    found.keep()
    yield found
    (Path(runtime().settings.instance_path) / FILE_NAME).unlink(missing_ok=True)


def write(count: int, agency: str = "dpu") -> None:
    with unit_of_work() as unit:
        for _ in range(count):
            record(unit, Action.AGENCY_UPDATED, agency, ACTOR)
    db.session.rollback()


def test_a_database_that_goes_on_is_well(node: SeenPositions, tmp_path: Path) -> None:
    assert node.look() is None
    write(2)
    assert node.look() is None
    node.keep()
    assert (tmp_path / FILE_NAME).read_text().split()[1] == "7"
    node.before_write(db.session())


def test_a_process_that_stops_in_order_notes_how_far_it_is(app: Flask, node: SeenPositions) -> None:
    write(2)
    path = Path(runtime().settings.instance_path) / FILE_NAME
    stop = threading.Event()
    stop.set()

    run_tasks(app, web_tasks(), stop)

    assert path.read_text().split()[-2] == "7"


def test_a_database_that_was_taken_back_is_told_until_the_epoch_is_renewed(node: SeenPositions) -> None:
    tamper(*CUT)

    assert "ends at line 3, and this node has seen line 5" in (node.look() or "")
    node.keep()
    assert node.look() is not None, "what was seen is not forgotten"
    with pytest.raises(Unavailable, match="database_behind"):
        node.before_write(db.session())
    renew_epoch(ACTOR, "test")
    node.before_write(db.session())
    assert node.look() is None
    node.keep()
    assert node.look() is None


def test_a_database_that_was_taken_back_and_went_on_is_told_by_its_lines(node: SeenPositions) -> None:
    tamper(*CUT)
    write(4, "dishub")

    assert "another line 5" in (node.look() or "")


def test_a_database_on_an_epoch_that_was_left_behind_is_told(node: SeenPositions) -> None:
    with db.engine.connect() as connection:
        old = connection.exec_driver_sql("SELECT epoch FROM installation").scalar_one()
    renew_epoch(ACTOR, "test")
    node.keep()
    assert node.look() is None

    tamper(f"UPDATE installation SET epoch = '{old}'")

    assert f"is on epoch {old}" in (node.look() or "")


def test_a_process_that_begins_looks_before_its_first_write(node: SeenPositions, tmp_path: Path) -> None:
    tamper(*CUT)

    with pytest.raises(Unavailable):
        SeenPositions(tmp_path, runtime().reader).before_write(db.session())


@pytest.mark.parametrize("content", ["", "x", "abc 12", "abc zwölf -\n", "\x00"])
def test_a_file_that_cannot_be_read_stops_nobody(node: SeenPositions, tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_text(content)
    assert node.look() is None
    node.keep()
    assert (tmp_path / FILE_NAME).read_text().splitlines()[-1].split()[1] == "5"


def test_a_node_that_has_seen_more_is_not_ready_and_writes_nothing_while_readers_go_on(
    app: Flask, people: People
) -> None:
    add_city(app)
    editor, site = people.person(Role.CENTRAL_EDITOR), people.website()
    made = editor.post("/manage/v1/posts", post_content())
    kept = Path(app.extensions["simpul"].settings.instance_path) / FILE_NAME
    with app.app_context():
        with db.engine.connect() as connection:
            epoch = connection.exec_driver_sql("SELECT epoch FROM installation").scalar_one()
        kept.write_text(f"{epoch} 900 {'0' * 64}\n")
        app.extensions["simpul"].forget()
        assert seen_positions().look() is not None
    try:
        unready = site.client.get("/readyz")
        assert (unready.status_code, "positions" in unready.json["detail"]) == (503, True), unready.json
        refused = editor.post(f"/manage/v1/posts/{made.json['data']['id']}/publish", {}, match=made.headers["ETag"])
        assert (refused.status_code, refused.json["code"]) == (503, "database_behind")
        assert site.get("/v1/posts").status_code == 200
    finally:
        kept.unlink()
        app.extensions["simpul"].forget()
        with app.app_context():
            assert seen_positions().look() is None
    answer = editor.post(f"/manage/v1/posts/{made.json['data']['id']}/publish", {}, match=made.headers["ETag"])
    assert answer.status_code == 200
