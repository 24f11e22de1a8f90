"""A connection that dies takes no answer away that is finished, and leaves nothing behind for the next request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, request, request_finished
from sqlalchemy import text

from cms.core.db import db, session, unit_of_work
from cms.core.permissions import Role
from tests.factories import add_city, post_content
from tests.people import Caller, People


def kill_connection() -> None:
    """Let the connection of this context's session die, as a restart of the server or a lost disk would."""
    driver: Any = session.connection().connection.dbapi_connection
    if db.engine.dialect.name == "sqlite":
        driver.close()
        return
    with db.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": driver.info.backend_pid})


@contextmanager
def dying_when_the_answer_is_finished(app: Flask) -> Iterator[list[str]]:
    """Between an answer and the end of its request the connection dies; notes the requests."""
    died: list[str] = []

    def kill(_sender: Flask, **_given: object) -> None:
        died.append(request.path)
        kill_connection()

    with request_finished.connected_to(kill, app):
        yield died


@pytest.fixture
def author(app: Flask, people: People) -> Caller:
    add_city(app)
    return people.person(Role.AUTHOR, "dpu")


def write(author: Caller) -> Any:
    return author.post("/manage/v1/posts", json=post_content())


def repeat(author: Caller) -> Any:
    return author.post("/manage/v1/posts", json=post_content(), headers={"Idempotency-Key": "k" * 20})


def rehearse(author: Caller) -> Any:
    return author.post("/manage/v1/posts?dry_run=true", json=post_content())


def read(author: Caller) -> Any:
    return author.get("/manage/v1/posts")


@pytest.mark.parametrize(
    ("call", "status", "posts"), [(write, 201, 1), (repeat, 201, 1), (rehearse, 201, 0), (read, 200, 0)]
)
def test_a_finished_answer_is_sent(
    app: Flask, author: Caller, call: Callable[[Caller], Any], status: int, posts: int
) -> None:
    read(author)  # What the process opens once and keeps.
    with app.app_context():
        lent = db.engine.pool.checkedout()  # type: ignore[attr-defined]
    with dying_when_the_answer_is_finished(app) as died:
        answer = call(author)

    assert len(died) == 1
    assert (answer.status_code, "data" in answer.json) == (status, True)
    assert db.session.registry.registry == {}
    with app.app_context():
        assert db.engine.pool.checkedout() == lent  # type: ignore[attr-defined]
    assert len(author.get("/manage/v1/posts").json["data"]) == posts


def test_a_write_begins_anew_where_an_earlier_read_has_left_a_dead_connection(app: Flask, context: None) -> None:
    session.execute(text("SELECT 1"))
    kill_connection()
    with unit_of_work() as unit:
        assert unit.session.execute(text("SELECT 2")).scalar_one() == 2


def test_a_write_that_loses_its_connection_is_told_as_that_and_lets_the_next_one_in(app: Flask, context: None) -> None:
    class Fault(Exception):
        pass

    def fail() -> None:
        with unit_of_work():
            kill_connection()
            raise Fault

    with pytest.raises(Fault):
        fail()
    with unit_of_work() as unit:
        assert unit.session.execute(text("SELECT 2")).scalar_one() == 2


def test_a_step_after_the_commit_that_fails_takes_no_answer_away(
    app: Flask, context: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("ERROR")
    ran: list[int] = []

    def fail() -> None:
        raise OSError("nobody listens")

    with unit_of_work() as unit:
        unit.after_commit(fail)
        unit.after_commit(lambda: ran.append(1))

    assert ran == [1]
    (told,) = caplog.records
    assert isinstance(told.msg, dict)
    assert told.msg["event"] == "step_after_commit_failed"
