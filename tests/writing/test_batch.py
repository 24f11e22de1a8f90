"""`POST /manage/v1/batch`: several writes in one transaction, each judged as if it were sent alone."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from cms.changes.models import Change
from cms.core.db import db, rolled_back, session
from cms.core.ids import new_id
from cms.core.permissions import Role
from cms.editorial.items.models import Item
from cms.media.models import Image
from tests.access.test_access_matrix import Row
from tests.access.world import PEOPLE, World
from tests.conftest import counted_statements
from tests.factories import add_image, add_post, post_content
from tests.people import Caller, People
from tests.writing.test_rehearsals import WRITES

BATCH = "/manage/v1/batch"
POSTS = "/manage/v1/posts"
MEDIA = "/manage/v1/media"
Operation = dict[str, Any]
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def operation(method: str, path: str, body: Any = None, if_match: str | None = None) -> Operation:
    return {"method": method, "path": path, "body": body, "if_match": if_match}


def create(title: str, item_id: str | None = None) -> Operation:
    return operation("PUT", f"{POSTS}/{item_id or new_id()}", post_content(title=title))


def send(caller: Caller, operations: list[Operation], query: str = "", **more: Any) -> TestResponse:
    headers = more.pop("headers", {})
    return caller.post(f"{BATCH}{query}", {"operations": operations, **more}, headers=headers)


def results(answer: TestResponse) -> list[Any]:
    assert answer.status_code == 200, answer.json
    found: list[Any] = answer.json["data"]["results"]  # type: ignore[index]
    return found


def titles(app: Flask) -> list[str]:
    with app.app_context(), rolled_back():
        return sorted(session.scalars(select(Item.title)))


def log(app: Flask) -> list[tuple[int, str]]:
    with app.app_context(), rolled_back():
        return [(line.sequence, line.action) for line in session.scalars(select(Change).order_by(Change.sequence))]


@pytest.fixture
def editor(people: People, city: None) -> Caller:
    return people.person(Role.AGENCY_EDITOR, "dpu")


def test_later_operations_see_what_earlier_ones_did(
    app: Flask, client: FlaskClient, people: People, city: None
) -> None:
    editor, item_id = people.person(Role.AGENCY_EDITOR, "dpu"), new_id()
    path = f"{POSTS}/{item_id}"

    answer = send(
        editor,
        [
            create("Satu", item_id),
            operation("PATCH", path, {"title": "Dua"}, '"v1"'),
            operation("POST", f"{path}/publish", {}, '"v2"'),
        ],
    )

    found = results(answer)
    assert [(each["outcome"], each["status"], each["headers"]["etag"]) for each in found] == [
        ("done", 201, '"v1"'), ("done", 200, '"v2"'), ("done", 200, '"v3"'),
    ]  # fmt: skip
    assert found[0]["headers"]["location"] == f"http://localhost{path}"
    assert found[2]["body"]["data"]["state"] == "published"
    assert people.website().get(f"/v1/posts/{item_id}").json["data"]["title"] == "Dua"  # type: ignore[index]
    assert [action for _, action in log(app)] == ["post.created", "post.updated", "post.published"]


@pytest.mark.parametrize("step", [("publish", {}), ("schedule", {"publish_at": "2027-01-05T01:00:00Z"})])
def test_what_readers_had_before_needs_a_note_in_a_batch_too(editor: Caller, step: tuple[str, dict[str, str]]) -> None:
    path, (verb, body) = f"{POSTS}/{new_id()}", step
    first = [create("Satu", path.rpartition("/")[2]), operation("POST", f"{path}/publish", {}, '"v1"')]
    # The first one is refused, so that the second one meets the same version.
    again = [operation("POST", f"{path}/{verb}", {**body, **said}, '"v3"') for said in ({}, {"change_note": "Baru."})]

    answer = send(editor, [*first, operation("PATCH", path, {"title": "Dua"}, '"v2"'), *again], atomic=False)

    *_, refused, done = results(answer)
    assert (refused["status"], refused["body"]["errors"][0]["code"]) == (422, "needed_for_major")
    assert done["status"] == 200


def test_all_lines_carry_the_id_of_the_one_request(app: Flask, editor: Caller) -> None:
    answer = send(editor, [create("Satu"), create("Dua")], headers={"X-Request-Id": "satu-permintaan"})

    assert answer.headers["X-Request-Id"] == "satu-permintaan"
    with app.app_context(), rolled_back():
        assert set(session.scalars(select(Change.request_id))) == {"satu-permintaan"}


def test_an_atomic_batch_does_all_or_nothing(app: Flask, client: FlaskClient) -> None:
    world = World(app, client)
    post = world.item("post")
    editor = world.callers["editor"]
    before = world.state()

    answer = send(
        editor,
        [
            create("Satu"),
            operation("PATCH", f"{POSTS}/{post.id}", {"title": "Lain"}, '"v1"'),
            operation("PATCH", f"{POSTS}/{post.id}", {"title": "Usang"}, '"v1"'),
            create("Empat"),
        ],
    )

    assert (answer.status_code, answer.json["code"]) == (409, "batch_failed")  # type: ignore[index]
    found = answer.json["results"]  # type: ignore[index]
    assert [each["outcome"] for each in found] == ["rolled_back", "rolled_back", "failed", "not_run"]
    assert [each["status"] for each in found] == [None, None, 412, None]
    assert found[2]["body"]["code"] == "stale_version"
    assert "3" in answer.json["detail"]  # type: ignore[index]
    assert world.state() == before


def test_what_is_refused_in_a_batch_that_is_not_atomic_leaves_no_trace(app: Flask, editor: Caller) -> None:
    twice = new_id()

    answer = send(
        editor,
        [
            create("Satu", twice),
            create("Dua", twice),
            operation("POST", POSTS, post_content(category="tidak-ada")),
            operation("PATCH", f"{POSTS}/{new_id()}", {"title": "x"}, '"v1"'),
            create("Lima"),
        ],
        atomic=False,
    )

    assert [each["status"] for each in results(answer)] == [201, 409, 422, 404, 201]
    assert answer.json["data"]["failed"] == 3  # type: ignore[index]
    assert titles(app) == ["Lima", "Satu"]
    assert [sequence for sequence, _ in log(app)] == [1, 2], "numbers of what was undone are given again"


@pytest.mark.parametrize("row", WRITES, ids=lambda row: row.name)
def test_every_operation_is_judged_as_if_it_were_sent_alone(app: Flask, client: FlaskClient, row: Row) -> None:
    """The access matrix once more, through the other door (R-Z2)."""
    if row.rule == BATCH:
        pytest.skip("not in a batch")
    world = World(app, client)

    for who in PEOPLE:
        sent = row.ask(world, who)
        if "data" in sent.arguments:
            pytest.skip("uploads are not in a batch")
        before = world.state()
        match = None if sent.match is None else f'"v{sent.match}"'
        answer = send(
            world.callers[who], [operation(row.verb, sent.path, sent.arguments.get("json"), match)], atomic=False
        )
        result = results(answer)[0]
        assert result["status"] == row.statuses[who], f"{who}: {result}"
        if result["status"] >= 400:
            assert world.state() == before, f"{who} was refused and has changed something"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/manage/v1/batch", 400),
        ("POST", "/manage/v1/auth/logout", 400),
        ("POST", "/manage/v1/auth/login", 400),
        ("POST", "/manage/v1/%62atch", 400),
        ("POST", "/manage/v1/nowhere", 404),
        ("POST", "/manage/v1/../v1/posts", 404),
        ("POST", "/manage/v1//posts", 404),
        ("DELETE", "/manage/v1/posts", 405),
        ("POST", "/manage/v1/posts/%00/publish", 404),
        ("POST", "/manage/v1/posts%3Fdry_run=true", 404),
        ("POST", "/manage/v1/documents/019ac1a0-7c00-7000-8000-000000000002/files", 404),
    ],
)
def test_what_cannot_be_an_operation(editor: Caller, method: str, path: str, status: int) -> None:
    if "=" in path:
        path = path.replace("=", "%3D")
    answer = send(editor, [operation(method, path, {})], atomic=False)

    assert results(answer)[0]["status"] == status
    assert editor.get("/manage/v1/me").status_code == 200


@pytest.mark.parametrize(
    "faulty",
    [
        operation("GET", POSTS),
        operation("POST", "/v1/posts"),
        operation("POST", "http://elsewhere.example/manage/v1/posts"),
        operation("POST", f"{POSTS}?dry_run=true"),
        operation("POST", POSTS, {}, "version 1"),
        {"method": "POST"},
        {**operation("POST", POSTS), "headers": {"Authorization": "x"}},
    ],
    ids=str,
)
def test_faulty_operations_are_named_before_anything_is_done(app: Flask, editor: Caller, faulty: Operation) -> None:
    answer = send(editor, [create("Satu"), faulty], atomic=False)

    assert answer.status_code in {400, 422}
    assert answer.json["errors"][0]["pointer"].startswith("/operations/1/")  # type: ignore[index]
    assert titles(app) == []


@pytest.mark.parametrize("count", [0, 101])
def test_a_batch_has_1_to_100_operations(app: Flask, editor: Caller, count: int) -> None:
    answer = send(editor, [create(f"Judul {number}") for number in range(count)])

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/operations"  # type: ignore[index]
    assert titles(app) == []


def test_a_batch_can_be_rehearsed(app: Flask, client: FlaskClient) -> None:
    world = World(app, client)
    before, item_id = world.state(), new_id()
    operations = [create("Satu", item_id), operation("PATCH", f"{POSTS}/{item_id}", {"title": "Dua"}, '"v1"')]

    answer = send(world.callers["editor"], operations, "?dry_run=true")

    assert [each["status"] for each in results(answer)] == [201, 200]
    assert answer.headers["Dry-Run"] == "true"
    assert answer.json["meta"]["dry_run"] is True  # type: ignore[index]
    assert world.state() == before


@pytest.mark.parametrize("atomic", [True, False])
def test_a_batch_is_repeated_without_effect(app: Flask, editor: Caller, *, atomic: bool) -> None:
    operations = [operation("POST", POSTS, post_content(title=f"Judul {number}")) for number in range(3)]
    key = {"Idempotency-Key": "kelompok-1"}

    first = send(editor, operations, atomic=atomic, headers=key)
    second = send(editor, operations, atomic=atomic, headers=key)

    assert second.get_data() == first.get_data()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(titles(app)) == 3


def test_a_hundred_changes_take_few_statements_each(app: Flask, editor: Caller) -> None:
    posts = [add_post(app, editor.actor, title=f"Judul {number}") for number in range(100)]

    with counted_statements(app) as statements:
        answer = send(
            editor, [operation("PATCH", f"{POSTS}/{post.id}", {"title": f"Lain {post.id}"}, '"v1"') for post in posts]
        )

    assert {each["status"] for each in results(answer)} == {200}
    assert len(statements) <= 100 * 20


@pytest.mark.parametrize("kind", ["items", "images"])
def test_a_batch_takes_what_it_names_before_the_log_so_that_nobody_waits_in_a_circle(
    app: Flask, editor: Caller, kind: str
) -> None:
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("on SQLite writers take turns: none holds something that another one waits for")
    posts = [add_post(app, editor.actor, title=title).id for title in ("Satu", "Dua")]
    model: type[Item | Image] = Item
    changes = [operation("PATCH", f"{POSTS}/{post}", {"title": "Lagi"}, '"v1"') for post in posts]
    held = posts[1]
    if kind == "images":
        model, held = Image, add_image(app)
        changes[1] = operation("PATCH", f"{MEDIA}/{held}", {"caption": "Lagi"}, '"v1"')
    answers: list[TestResponse] = []

    def change_both() -> None:
        answers.append(send(Caller(app.test_client(), editor.token), changes))
        with app.app_context():
            app.extensions["simpul"].reader.close_connections()

    # Somebody else writes the second one, and comes to the log when the batch is under way.
    with app.app_context(), db.engine.connect() as other, db.engine.connect() as second_connection:
        watcher = second_connection.execution_options(isolation_level="AUTOCOMMIT")
        other.execute(select(model.id).where(model.id == held).with_for_update())
        thread = threading.Thread(target=change_both)
        thread.start()
        while not watcher.scalar(WAITING):
            assert thread.is_alive()
        other.execute(text("SET LOCAL lock_timeout = '10s'"))
        other.execute(text("UPDATE change_head SET sequence = sequence"))
        other.commit()
        thread.join()

    assert [each["status"] for each in results(answers[0])] == [200, 200]
