"""One thing that always fails stops no queue: it is put aside, told, tried again later, and taken up when it succeeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from cms.agencies.models import Agency
from cms.changes.actions import Action
from cms.changes.followers import follow_log, queue_of, retry_lines
from cms.changes.log import record
from cms.changes.models import Change, FollowerPosition
from cms.cli.init import seed_city
from cms.core import clock
from cms.core.db import UnitOfWork, db, rolled_back, session, unit_of_work
from cms.core.dead_letters.failures import FIRST_REST, LONGEST_REST, put_aside
from cms.core.dead_letters.queries import due_again, waiting
from cms.core.dead_letters.tasks import putting_aside
from cms.core.errors import Unavailable
from cms.core.permissions import Role, system_actor
from cms.core.runtime import runtime
from cms.documents.tasks import sweep_orphans
from cms.editorial.followers import rebuild_again, rebuild_changed
from cms.editorial.items.models import Item
from cms.editorial.items.services import create_item
from cms.editorial.schedules.schedule import Schedule
from cms.editorial.schedules.services import schedule_item
from cms.editorial.schedules.tasks import carry_out_and_follow
from cms.editorial.trash.services import trash_item
from cms.editorial.trash.tasks import empty_trash
from cms.media.models import Image
from cms.media.tasks import make_renditions, purge_deleted_images
from cms.posts.content import POST
from cms.publishing.models import Publication
from cms.publishing.tasks import has_due_schedules
from tests.conftest import NOW, note_time
from tests.core.storages import incoming_file
from tests.documents.uploads import digest, fresh_storage
from tests.editorial.city import EDITOR, post
from tests.factories import add_published_post
from tests.media.library import uploaded
from tests.media.pictures import jpeg
from tests.people import People

Moment = Callable[[timedelta], None]
DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("city")


def aside() -> set[tuple[str, str]]:
    return {(letter.queue, letter.key) for letter in waiting()}


def follow() -> None:
    while follow_log("presenter", rebuild_changed):
        pass


def write(statement: str, **values: object) -> None:
    with unit_of_work() as unit:
        unit.session.execute(text(statement), values)


def test_an_image_without_bytes_does_not_keep_the_others_from_their_renditions(
    app: Flask, people: People, moment: Moment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    storage = fresh_storage(app, monkeypatch, tmp_path)
    author = people.person(Role.AUTHOR, "dpu")
    lost, other = (uploaded(author, jpeg(shade=shade))["id"] for shade in (1, 2))
    with app.app_context():
        sha256 = session.get_one(Image, lost).sha256
        content = b"".join(storage.open(sha256))
        storage.delete(sha256)

        while make_renditions():
            pass

        session.rollback()
        assert [session.get_one(Image, name).waiting_since is None for name in (lost, other)] == [False, True]
        assert aside() == {("renditions", lost)}
        storage.put(incoming_file(tmp_path / "again", content), sha256)
        assert not make_renditions()
        moment(FIRST_REST)
        while make_renditions():
            pass
        session.rollback()
        assert session.get_one(Image, lost).waiting_since is None
        assert aside() == set()


def test_a_line_that_a_follower_cannot_handle_is_passed_by_and_tried_again(
    app: Flask, context: None, moment: Moment
) -> None:
    handled: list[int] = []
    poisoned = {3}

    def handle(unit: UnitOfWork, changes: Sequence[Change]) -> None:
        if bad := poisoned.intersection(change.sequence for change in changes):
            raise ValueError(bad)
        handled.extend(change.sequence for change in changes)

    seed_city()
    while follow_log("listener", handle):
        pass
    newest = handled[-1]
    assert newest > 100
    assert set(range(1, newest + 1)) - set(handled) == {3}
    assert aside() == {(queue_of("listener"), "3")}

    moment(FIRST_REST)
    assert retry_lines("listener", handle) == 1
    assert 3 not in handled
    poisoned.clear()
    moment(2 * FIRST_REST)
    assert retry_lines("listener", handle) == 1
    assert 3 in handled
    assert aside() == set()


def test_an_outage_puts_nothing_aside_and_moves_no_follower(app: Flask, context: None) -> None:
    def handle(unit: UnitOfWork, changes: Sequence[Change]) -> None:
        raise Unavailable("database_unavailable")

    seed_city()
    with pytest.raises(Unavailable):
        follow_log("listener", handle)
    with rolled_back():
        assert session.get(FollowerPosition, "listener") is None
    assert aside() == set()


def test_an_item_that_cannot_be_rendered_does_not_keep_the_others_from_a_new_name(app: Flask, moment: Moment) -> None:
    ids = [add_published_post(app, title=f"Jalan {n}").id for n in range(3)]
    with app.app_context():
        follow()
        kept = session.scalar(select(Publication.full_json).where(Publication.item_id == ids[0]))
        session.rollback()
        write("UPDATE publications SET full_json = '{' WHERE item_id = :id", id=ids[0])
        with unit_of_work() as unit:
            unit.session.get_one(Agency, "dpu").name = "Dinas Baru"
            record(unit, Action.AGENCY_UPDATED, "dpu", system_actor("test"), agency="dpu", fields=["name"])
        follow()

        live = select(Publication.item_id).where(
            Publication.superseded_sequence.is_(None), Publication.card_json.contains("Dinas Baru")
        )
        with rolled_back():
            assert set(session.scalars(live)) == set(ids[1:])
        assert aside() == {("presenter", ids[0])}
        with unit_of_work() as unit:
            unit.session.execute(
                update(Publication)
                .where(Publication.item_id == ids[0], Publication.superseded_sequence.is_(None))
                .values(full_json=kept)
            )
        moment(FIRST_REST)
        assert rebuild_again() == 1
        with rolled_back():
            assert set(session.scalars(live)) == set(ids)
        assert aside() == set()


def test_a_schedule_that_cannot_be_carried_out_does_not_keep_the_others(
    app: Flask, context: None, moment: Moment
) -> None:
    made = [create_item(POST, EDITOR, post(agency="dpu", title=f"Rencana {n}")).item for n in range(3)]
    schedule = Schedule(NOW + timedelta(hours=1), None, "Asia/Makassar")
    for item in made:
        schedule_item(POST, EDITOR, item.id, frozenset({1}), schedule)
    kept = session.scalar(select(Publication.full_json).where(Publication.item_id == made[0].id))
    session.rollback()
    write("UPDATE publications SET full_json = '{' WHERE item_id = :id", id=made[0].id)
    moment(timedelta(hours=2))

    carry_out_and_follow()

    with rolled_back():
        published = session.scalars(select(Item.id).where(Item.published_at.is_not(None))).all()
    assert set(published) == {made[1].id, made[2].id}
    assert aside() == {("schedule", made[0].id)}
    assert not has_due_schedules()
    write("UPDATE publications SET full_json = :kept WHERE item_id = :id", id=made[0].id, kept=kept)
    moment(FIRST_REST)
    assert has_due_schedules()
    carry_out_and_follow()
    assert aside() == set()


def test_an_item_that_cannot_be_purged_does_not_keep_the_trash_full(app: Flask, context: None, moment: Moment) -> None:
    made = [create_item(POST, EDITOR, post(agency="dpu", title=f"Sampah {n}")).item for n in range(3)]
    for item in made:
        trash_item(POST, EDITOR, item.id, frozenset({1}))
    write("UPDATE items SET type = 'nonsense' WHERE id = :id", id=made[0].id)
    moment(31 * DAY)
    note_time(app)

    empty_trash()

    with rolled_back():
        assert session.scalars(select(Item.id)).all() == [made[0].id]
    assert aside() == {("trash", made[0].id)}


def test_a_deleted_image_that_cannot_be_purged_does_not_keep_the_others(
    app: Flask, people: People, moment: Moment
) -> None:
    author = people.person(Role.AUTHOR, "dpu")
    ids = [uploaded(author, jpeg(shade=shade))["id"] for shade in (1, 2, 3)]
    with app.app_context():
        write("UPDATE images SET deleted_at = created_at")
        moment(4 * DAY)
        with refused_deletion(ids[0]):
            assert purge_deleted_images() == 2
        with rolled_back():
            assert session.scalars(select(Image.id)).all() == [ids[0]]
        assert aside() == {("deleted_images", ids[0])}


def test_bytes_that_cannot_be_removed_do_not_end_the_sweep(
    app: Flask, moment: Moment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    storage = fresh_storage(app, monkeypatch, tmp_path)
    stuck = f"{0:064x}"
    for content in (b"one", b"two"):
        storage.put(incoming_file(tmp_path / "in", content), digest(content))
    # Nobody can unlink a folder.
    (tmp_path / "files" / stuck[:2] / stuck[2:4] / stuck).mkdir(parents=True)
    (storage.incoming / "stuck.part").mkdir()
    moment(timedelta(days=800))
    note_time(app)
    with app.app_context():
        assert sweep_orphans() == 2
        assert aside() == {("orphaned_files", stuck)}
        assert not any(runtime().storage.exists(digest(content)) for content in (b"one", b"two"))
        moment(DAY)
        assert sweep_orphans() == 0


def test_doctor_and_figures_tell_what_is_put_aside(
    app: Flask, client: FlaskClient, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context(), unit_of_work() as unit:
        put_aside(unit, "renditions", "an-image", ValueError("no bytes"))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with clock.frozen(datetime.now(UTC)):
        told = app.test_cli_runner().invoke(args=["cms", "doctor"])

    assert told.exit_code == 1
    assert "`renditions` has put an-image aside" in told.output
    assert "ValueError: no bytes" in told.output
    assert 'simpul_put_aside{queue="renditions"} 1.0' in client.get("/metrics").text


def test_the_time_to_the_next_try_doubles_up_to_a_day(app: Flask, context: None, moment: Moment) -> None:
    rests = []
    for _ in range(14):
        with putting_aside("queue", "key"):
            raise ValueError
        (letter,) = waiting()
        rests.append(letter.retry_at - clock.now())
        assert due_again("queue") == []
        moment(rests[-1])
        assert due_again("queue") == ["key"]

    assert rests[:3] == [FIRST_REST, 2 * FIRST_REST, 4 * FIRST_REST]
    assert rests[-1] == LONGEST_REST
    assert waiting()[0].since == NOW


@contextmanager
def refused_deletion(image_id: str) -> Iterator[None]:
    """While this lasts the database refuses to delete this one image."""
    if db.engine.dialect.name == "sqlite":
        condition = f"WHEN OLD.id = '{image_id}' BEGIN SELECT RAISE(ABORT, 'stuck'); END"
        begin, end = [f"CREATE TRIGGER stuck BEFORE DELETE ON images {condition}"], ["DROP TRIGGER stuck"]
    else:
        body = f"BEGIN IF OLD.id = '{image_id}' THEN RAISE EXCEPTION 'stuck'; END IF; RETURN OLD; END"
        begin = [
            f"CREATE FUNCTION stuck() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            "CREATE TRIGGER stuck BEFORE DELETE ON images FOR EACH ROW EXECUTE FUNCTION stuck()",
        ]
        end = ["DROP TRIGGER stuck ON images", "DROP FUNCTION stuck()"]
    for statement in begin:
        write(statement)
    try:
        yield
    finally:
        for statement in end:
            write(statement)
