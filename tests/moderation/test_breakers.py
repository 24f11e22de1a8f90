"""Circuit breakers count publications and nothing else, by index, and who made up a trip does not reset it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, insert, select, text

from cms.changes.models import Change
from cms.core import clock
from cms.core.db import db, session, table_of
from cms.core.permissions import Role
from cms.moderation import counting
from tests.cli.test_commands import run
from tests.factories import post_content
from tests.people import Caller, People

BREAKERS = "/manage/v1/breakers"
LIMITS = {
    "BREAKER_PERSON": "5", "BREAKER_AGENCY_PERCENT": "30", "BREAKER_AGENCY_LEAST": "8", "BREAKER_TAKING_BACK": "4",
}  # fmt: skip
LINES = 30_000


@pytest.fixture
def people(server: Flask) -> People:
    return People(server, server.test_client())


@pytest.fixture
def city(server: Flask) -> None:
    """That server has its city."""


@pytest.fixture
def admin(people: People) -> Caller:
    return people.person(Role.ADMIN)


def made(caller: Caller, **values: Any) -> str:
    answer = caller.post("/manage/v1/posts", json=post_content(**values))
    assert answer.status_code == 201, answer.json
    return str(answer.json["data"]["id"])


def act(caller: Caller, item: str, verb: str, body: dict[str, Any] | None = None) -> Any:
    path = f"/manage/v1/posts/{item}"
    return caller.post(f"{path}/{verb}", body or {}, match=caller.get(path).headers["ETag"])


def outcomes(answers: list[Any]) -> list[str]:
    return [str(answer.json.get("code", answer.status_code)) for answer in answers]


def open_trips(caller: Caller) -> list[dict[str, Any]]:
    return list(caller.get(f"{BREAKERS}?open=true").json["data"])


def test_comments_beside_each_publication_hide_none_of_them(editor: Caller, central: Caller) -> None:
    """The count once looked at the newest lines of a person, of whatever kind: enough comments pushed publications out of it."""
    items = [made(editor, title=f"Berita {number}") for number in range(6)]
    answers = []
    for item in items:
        answers.append(act(editor, item, "publish"))
        for number in range(12):
            said = editor.post(f"/manage/v1/posts/{item}/comments", {"body": f"Catatan {number}"})
            assert said.status_code == 201

    assert outcomes(answers) == ["200"] * 5 + ["publishing_paused"]
    assert [(trip["kind"], trip["count"]) for trip in open_trips(central)] == [("person", 5)]


def fill(app: Flask) -> None:
    """A log of many lines of one person in one agency, few of which count."""
    moment = clock.now()
    rows = [
        {
            "sequence": number, "recorded_at": moment, "action": "post.commented", "resource_type": "post",
            "resource_id": "x", "agency": "dpu", "actor_id": "a", "actor_label": "A", "request_id": "r", "is_public": False,
            "fields": [], "hash": "0" * 64, "counts_as": "publishing" if number % 1_000 == 0 else None,
        }
        for number in range(1, LINES + 1)
    ]  # fmt: skip
    with app.app_context(), db.engine.connect().execution_options(writes=True) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE changes DISABLE TRIGGER USER"))
        connection.execute(insert(table_of(Change)), rows)
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE changes ENABLE TRIGGER USER"))
        connection.commit()
        connection.execute(text("ANALYZE changes"))
        connection.commit()


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Every statement is asked for its plan instead of its rows."""
    word = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN (COSTS OFF) "

    def prefixed(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> tuple[str, Any]:
        return word + statement, parameters

    event.listen(engine, "before_cursor_execute", prefixed, retval=True)
    yield
    event.remove(engine, "before_cursor_execute", prefixed)


@pytest.mark.parametrize("asked", ["_PUBLISHING", "_TAKING", "_WHO"])
def test_the_plan_of_a_count_walks_the_index_of_counted_lines(
    app: Flask, asked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(app)
    since = clock.now() - timedelta(hours=1)
    params = {
        "frozen_agency": "dpu", "city": "city", "frozen_person": "person:a", "now": clock.now(), "person": "a",
        "person_since": since, "person_most": 20, "agency": "dpu", "agency_since": since, "agency_most": 50,
    }  # fmt: skip
    statement = getattr(counting, asked)
    with app.app_context(), db.engine.connect() as connection, explained(db.engine):
        # The driver's own rows: those of a plan have other columns than those of the statement.
        plan = "\n".join(str(row[-1]) for row in connection.execute(statement, params).cursor.fetchall())

    with capsys.disabled():
        print(f"\n{asked}:\n{plan}")
    used = set(re.findall(r"ix_changes_\w+", plan))
    assert used
    assert used <= {"ix_changes_counted_actor", "ix_changes_counted_agency"}
    assert not re.search(r"Seq Scan on changes|SCAN changes", plan)


def test_a_release_that_a_second_person_approved_counts_once(people: People, editor: Caller, central: Caller) -> None:
    author = people.person(Role.AUTHOR, "dpu")
    items = [made(author, title=f"Rilis {number}") for number in range(12)]
    for item in items:
        assert act(author, item, "submit").status_code == 200
        assert act(editor, item, "approve").status_code == 200
    named = [{"type": "post", "id": item} for item in items]
    release = central.post("/manage/v1/releases", {"title": "Rilis", "items": named})
    path = f"/manage/v1/releases/{release.json['data']['id']}/publish"

    assert central.post(path, {}, match=release.headers["ETag"]).status_code == 200

    assert open_trips(central) == []
    more = [made(central, title=f"Lain {number}") for number in range(6)]
    assert outcomes([act(central, item, "publish") for item in more]) == ["200"] * 4 + ["publishing_paused"] * 2


def test_a_release_that_nobody_else_approved_counts_each_item(editor: Caller, central: Caller) -> None:
    """Who approves it and publishes it alone is no second person."""
    items = [made(editor, title=f"Rilis {number}") for number in range(6)]
    for item in items:
        act(editor, item, "submit")
        assert act(central, item, "approve").status_code == 200
    named = [{"type": "post", "id": item} for item in items]
    release = central.post("/manage/v1/releases", {"title": "Rilis", "items": named})
    path = f"/manage/v1/releases/{release.json['data']['id']}/publish"

    assert central.post(path, {}, match=release.headers["ETag"]).status_code == 200

    assert [(trip["kind"], trip["subject"]) for trip in open_trips(central)] == [("person", central.actor.id)]


def test_a_trip_is_reset_neither_by_its_subject_nor_by_who_made_it_up(
    people: People, editor: Caller, central: Caller, admin: Caller, moment: Callable[[timedelta], None]
) -> None:
    items = [made(central, title=f"Berita {number}") for number in range(9)]
    answers = [act(editor if number < 4 else central, item, "publish") for number, item in enumerate(items)]
    assert outcomes(answers) == ["200"] * 8 + ["publishing_paused"]
    [trip] = open_trips(central)
    assert (trip["kind"], trip["subject"]) == ("agency", "dpu")

    refused = central.post(f"{BREAKERS}/{trip['id']}/reset")
    assert (refused.status_code, refused.json["code"]) == (409, "approval_not_yours")
    assert editor.post(f"{BREAKERS}/{trip['id']}/reset").status_code == 403
    assert admin.post(f"{BREAKERS}/{trip['id']}/reset").status_code == 200
    moment(timedelta(seconds=1))
    assert act(editor, items[8], "publish").status_code == 200


def test_a_city_with_one_central_editor_resets_by_command(
    server: Flask, central: Caller, moment: Callable[[timedelta], None]
) -> None:
    items = [made(central, title=f"Berita {number}") for number in range(6)]
    answers = [act(central, item, "publish") for item in items]
    assert outcomes(answers)[-1] == "publishing_paused"
    [trip] = open_trips(central)
    assert central.post(f"{BREAKERS}/{trip['id']}/reset").json["code"] == "approval_not_yours"

    assert trip["id"] in run(server, "moderation", "list").output
    assert run(server, "moderation", "reset", trip["id"]).exit_code != 0, "a reason is needed"
    done = run(server, "moderation", "reset", trip["id"], "--reason", "Rilis peringatan banjir, dicek lewat telepon.")

    assert done.exit_code == 0, done.output
    found = central.get(BREAKERS).json["data"][0]
    assert (found["reset_by"]["name"], found["reset_reason"]) == (
        "command line",
        "Rilis peringatan banjir, dicek lewat telepon.",
    )
    with server.app_context():
        line = session.scalar(select(Change).where(Change.action == "breaker.reset"))
        assert line is not None
        assert (line.resource_id, line.actor_label) == (trip["id"], "command line")
    moment(timedelta(seconds=1))
    assert act(central, items[5], "publish").status_code == 200


def test_somebody_is_told(server: Flask, central: Caller, caplog: pytest.LogCaptureFixture) -> None:
    def told(name: str) -> float:
        lines = server.test_client().get("/metrics").get_data(as_text=True).splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))

    tripped = 'simpul_moderation_alarms_total{alarm="breaker_tripped"}'
    before = told(tripped)
    assert told('simpul_moderation_open{what="breaker"}') == 0
    for number in range(5):
        act(central, made(central, title=f"Berita {number}"), "publish")

    assert told(tripped) == before + 1
    assert told('simpul_moderation_open{what="breaker"}') == 1
    assert [record.levelname for record in caplog.records if "breaker_tripped" in record.getMessage()] == ["ERROR"]
    central.post("/manage/v1/freeze", {"agency": "dpu", "reason": "Akun dibajak."})
    assert told('simpul_moderation_open{what="freeze"}') == 1


def test_what_a_rollback_takes_back_counts_for_nobody(editor: Caller, central: Caller) -> None:
    items = [made(editor, title=f"Berita {number}") for number in range(4)]
    for item in items:
        act(editor, item, "publish")
    body = {"actor": editor.actor.id, "since": "2026-11-24T00:00:00Z", "reason": "Akun editor dibajak."}
    done = central.post("/manage/v1/rollback", body)
    assert done.json["data"]["done"]["withdrawn"] == 4
    more = [made(central, title=f"Lain {number}") for number in range(3)]
    assert outcomes([act(central, item, "publish") for item in more]) == ["200"] * 3
