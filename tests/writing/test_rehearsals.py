"""`?dry_run=true`: everything is checked and answered as if it were done, and nothing is changed."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cms.core.http.access import access_of, takes_rehearsal
from cms.core.permissions import Role
from tests.access.test_access_matrix import ROWS, VERBS, Row
from tests.access.world import PEOPLE, World
from tests.factories import post_content
from tests.people import People

POSTS = "/manage/v1/posts"


def rehearsable(app: Flask) -> set[str]:
    """The operations that take `dry_run`, as the rows of the matrix name them."""
    return {
        f"{verb} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for verb in VERBS
        if verb in (rule.methods or ()) and takes_rehearsal(access_of(app, rule.endpoint), rule.rule, verb)
    }


def is_rehearsable(row: Row) -> bool:
    return row.verb != "GET" and row.rule.startswith("/manage/v1/") and not row.rule.startswith("/manage/v1/auth/")


WRITES = [row for row in ROWS if is_rehearsable(row)]


def first_allowed(row: Row) -> tuple[str, int]:
    """Who may do this, and the status that he gets."""
    return next((who, row.statuses[who]) for who in PEOPLE[::-1] if row.statuses[who] < 300 or row.statuses[who] == 409)


def test_every_write_but_signing_in_takes_it(app: Flask) -> None:
    # That every route has a row is what the matrix itself proves.
    assert {row.name for row in WRITES} == rehearsable(app) & {row.name for row in ROWS}
    assert len(WRITES) > 30


@pytest.mark.parametrize("row", WRITES, ids=lambda row: row.name)
def test_a_rehearsal_answers_like_the_write_and_leaves_every_row_and_file_as_it_was(
    app: Flask, client: FlaskClient, row: Row
) -> None:
    world = World(app, client)
    who, status = first_allowed(row)
    sent = row.ask(world, who)
    before = world.state()

    rehearsed = world.callers[who](row.verb, f"{sent.path}?dry_run=true", match=sent.match, **_copied(sent.arguments))

    assert rehearsed.status_code == status, rehearsed.get_data(as_text=True)
    assert world.state() == before
    if status < 300:
        assert rehearsed.headers["Dry-Run"] == "true"
        if status != 204:
            assert rehearsed.json["meta"]["dry_run"] is True  # type: ignore[index]
    if "data" not in sent.arguments:
        # What was rehearsed can be done: nothing stands in its way.
        done = world.callers[who](row.verb, sent.path, match=sent.match, **sent.arguments)
        assert done.status_code == status
        assert "Dry-Run" not in done.headers
        assert done.headers.get("ETag") == rehearsed.headers.get("ETag")


def _copied(arguments: dict[str, Any]) -> dict[str, Any]:
    """Without what the test client empties."""
    return {name: dict(value) if isinstance(value, dict) else value for name, value in arguments.items()}


@pytest.mark.usefixtures("city")
def test_what_the_write_would_refuse_the_rehearsal_refuses(app: Flask, people: People) -> None:
    author, auditor = people.person(Role.AUTHOR, "dpu"), people.person(Role.AUDITOR)
    made = author.post(POSTS, post_content())
    path = f"{POSTS}/{made.json['data']['id']}"  # type: ignore[index]

    answers = [
        author.post(f"{POSTS}?dry_run=true", {"agency": "dpu"}),
        author.post(f"{POSTS}?dry_run=true", post_content(category="tidak-ada")),
        author.post(f"{POSTS}?dry_run=true", post_content(lebih="x")),
        auditor.post(f"{POSTS}?dry_run=true", post_content()),
        author("PATCH", f"{path}?dry_run=true", json={"title": "Lain"}),
        author("PATCH", f"{path}?dry_run=true", match=7, json={"title": "Lain"}),
        author("POST", f"{path}/publish?dry_run=true", match=1, json={}),
        author("PATCH", f"{POSTS}/{people.stranger().actor.id}?dry_run=true", match=1, json={"title": "Lain"}),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 400, 403, 428, 412, 403, 404]
    assert author.get(path).headers["ETag"] == made.headers["ETag"]


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("dry_run=yes", "wrong_type"),
        ("dry_run=", "wrong_type"),
        ("dry_run=true&dry_run=true", "repeated"),
        ("dry_run=true&force=1", "unknown_parameter"),
        ("dryrun=true", "unknown_parameter"),
    ],
)
def test_the_parameter_is_read_strictly(people: People, query: str, code: str) -> None:
    author = people.person(Role.AUTHOR, "dpu")

    answer = author.post(f"{POSTS}?{query}", post_content())

    assert (answer.status_code, answer.json["errors"][0]["code"]) == (400, code)  # type: ignore[index]
    assert author.get(POSTS).json["data"] == []  # type: ignore[index]


@pytest.mark.usefixtures("city")
def test_false_means_that_it_is_done(people: People) -> None:
    author = people.person(Role.AUTHOR, "dpu")

    answer = author.post(f"{POSTS}?dry_run=false", post_content())

    assert (answer.status_code, "Dry-Run" in answer.headers, "dry_run" in answer.json["meta"]) == (201, False, False)  # type: ignore[index]
    assert len(author.get(POSTS).json["data"]) == 1  # type: ignore[index]


@pytest.mark.usefixtures("city")
def test_reading_and_signing_in_do_not_take_it(client: FlaskClient, people: People) -> None:
    author = people.person(Role.AUTHOR, "dpu")

    answers = [
        author.get(f"{POSTS}?dry_run=true"),
        author.get("/manage/v1/me?dry_run=true"),
        author.post("/manage/v1/auth/logout?dry_run=true", {}),
        client.post("/manage/v1/auth/login?dry_run=true", json={"email": "a@b.example", "password": "x"}),
        people.website().get("/v1/posts?dry_run=true"),
    ]

    assert [answer.status_code for answer in answers] == [400] * 5


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("key", ["", "x" * 256, "satu, dua"])
def test_a_rehearsal_refuses_the_idempotency_key_that_the_write_would_refuse(people: People, key: str) -> None:
    author, sent = people.person(Role.AUTHOR, "dpu"), {"headers": {"Idempotency-Key": key}}

    rehearsed, done = (author.post(f"{POSTS}{query}", post_content(), **sent) for query in ("?dry_run=true", ""))

    assert rehearsed.status_code == done.status_code == 400
    assert rehearsed.json is not None
    assert rehearsed.json["errors"] == done.json["errors"]  # type: ignore[index]
    assert rehearsed.json["errors"][0]["header"] == "Idempotency-Key"
