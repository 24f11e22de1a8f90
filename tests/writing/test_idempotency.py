"""`Idempotency-Key`: a request that is repeated is done once and answered the same (M-9)."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from cms.accounts.models import User
from cms.accounts.tokens import make_access_token
from cms.core import clock
from cms.core.db import db, one_transaction, rolled_back, session
from cms.core.permissions import Role
from cms.documents.models import DocumentFile
from cms.editorial.items.models import Item
from cms.writing.models import KeptAnswer
from cms.writing.services import purge_kept_answers
from tests.access.test_access_matrix import Row
from tests.access.world import World
from tests.conftest import counted_statements
from tests.documents.samples import CSV, PDF
from tests.factories import add_document, post_content
from tests.people import PASSWORD, Caller, People
from tests.writing.test_rehearsals import WRITES, first_allowed

POSTS = "/manage/v1/posts"
KEY = {"Idempotency-Key": "kirim-1"}
SAME_TIME = 50


def replayed(answer: TestResponse) -> bool:
    return answer.headers.get("Idempotency-Replayed") == "true"


def items(app: Flask) -> list[Item]:
    with app.app_context():
        return list(session.scalars(select(Item)))


def kept(app: Flask) -> list[KeptAnswer]:
    with app.app_context():
        return list(session.scalars(select(KeptAnswer)))


@pytest.fixture
def author(people: People, city: None) -> Caller:
    return people.person(Role.AUTHOR, "dpu")


# Who has ended his own session is nobody any more.
POSTING = [row for row in WRITES if row.statuses[first_allowed(row)[0]] < 300 and "/me/" not in row.rule]


@pytest.mark.parametrize("row", POSTING, ids=lambda row: row.name)
def test_every_write_is_repeated_without_effect_and_answered_byte_for_byte(
    app: Flask, client: FlaskClient, row: Row
) -> None:
    world = World(app, client)
    who, status = first_allowed(row)
    sent = row.ask(world, who)
    if "data" in sent.arguments:
        pytest.skip("uploads are looked at below")
    arguments = {**sent.arguments, "headers": {**sent.arguments.get("headers", {}), **KEY}}

    first = world.callers[who](row.verb, sent.path, match=sent.match, **arguments)
    after = world.state()
    second = world.callers[who](row.verb, sent.path, match=sent.match, **arguments)

    assert (first.status_code, second.status_code) == (status, status)
    assert (replayed(first), replayed(second)) == (False, True)
    assert second.get_data() == first.get_data()
    for name in ("ETag", "Location", "Content-Type"):
        assert second.headers.get(name) == first.headers.get(name)
    assert world.state() == after


def test_the_same_key_with_another_body_address_or_method_is_refused(app: Flask, author: Caller) -> None:
    first = author.post(POSTS, post_content(), headers=KEY)
    path = f"{POSTS}/{first.json['data']['id']}"  # type: ignore[index]

    answers = [
        author.post(POSTS, post_content(title="Judul lain"), headers=KEY),
        author.post(f"{path}/submit", {}, match=1, headers=KEY),
        author("PATCH", path, match=1, json={"title": "Lain"}, headers=KEY),
    ]

    assert {(answer.status_code, answer.json["code"]) for answer in answers} == {(422, "idempotency_key_reused")}  # type: ignore[index]
    assert [item.version for item in items(app)] == [1]


def test_how_the_body_is_written_does_not_matter(app: Flask, author: Caller) -> None:
    content = post_content()
    reordered = dict(reversed(content.items()))

    first = author.post(POSTS, content, headers=KEY)
    second = author.post(POSTS, reordered, headers=KEY)

    assert replayed(second)
    assert second.get_data() == first.get_data()
    assert len(items(app)) == 1


def test_if_match_may_be_read_anew_for_a_repetition(author: Caller) -> None:
    made = author.post(POSTS, post_content())
    path = f"{POSTS}/{made.json['data']['id']}/submit"  # type: ignore[index]

    first = author.post(path, {}, match=1, headers=KEY)
    second = author.post(path, {}, match=first.headers["ETag"], headers=KEY)

    assert replayed(second)
    assert second.headers["ETag"] == first.headers["ETag"] == '"v2"'


def test_keys_belong_to_a_person(app: Flask, people: People, author: Caller) -> None:
    colleague = people.person(Role.AGENCY_EDITOR, "dpu")

    answers = [caller.post(POSTS, post_content(), headers=KEY) for caller in (author, colleague, author, colleague)]

    assert [replayed(answer) for answer in answers] == [False, False, True, True]
    assert len(items(app)) == 2


def test_an_error_is_not_kept(app: Flask, author: Caller) -> None:
    """It has changed nothing, so what was refused can be tried again under its key, even corrected."""
    refused = author.post(POSTS, post_content(category="belum-ada"), headers=KEY)
    done = author.post(POSTS, post_content(), headers=KEY)

    assert (refused.status_code, done.status_code) == (422, 201)
    assert not replayed(done)
    assert len(kept(app)) == 1


def test_after_a_day_the_key_is_new_again(
    app: Flask, author: Caller, moment: Callable[[timedelta], None], people: People
) -> None:
    author.post(POSTS, post_content(), headers=KEY)
    moment(timedelta(hours=23, minutes=59))
    token = people.person(Role.AUTHOR, "dpu")
    with app.app_context():
        assert purge_kept_answers() == 0
    moment(timedelta(minutes=1))
    token = _token_of_now(app, token)

    # Before the worker has come round the old answer is not given any more.
    again = token.post(POSTS, post_content(title="Hari berikutnya"), headers=KEY)

    assert again.status_code == 201
    assert not replayed(again)
    assert len(items(app)) == 2
    moment(timedelta(hours=24))
    with app.app_context():
        assert purge_kept_answers() == 1
    assert kept(app) == []


def _token_of_now(app: Flask, caller: Caller) -> Caller:
    """The same person with a token that has not expired."""
    with app.app_context(), rolled_back():
        user = session.get_one(User, caller.actor.id)
        token, _ = make_access_token(user, str(caller.actor.id), clock.now() + timedelta(days=1))
    return Caller(caller.client, token, caller.actor)


# Two headers arrive as one with a comma.
@pytest.mark.parametrize("key", ["", "x" * 256, "kunci\u00e9", "a\tb", "kirim-1,kirim-2"])
def test_keys_are_printable_ascii(app: Flask, author: Caller, key: str) -> None:
    answer = author.post(POSTS, post_content(), headers={"Idempotency-Key": key})

    assert (answer.status_code, answer.json["code"]) == (400, "invalid_parameter")  # type: ignore[index]
    assert answer.json["errors"][0]["header"] == "Idempotency-Key"  # type: ignore[index]
    assert items(app) == []


def test_signing_in_refuses_the_header(client: FlaskClient, author: Caller) -> None:
    body = {"email": "siti@balikpapan.example", "password": PASSWORD}

    answers = [
        client.post("/manage/v1/auth/login", json=body, headers=KEY),
        author.post("/manage/v1/auth/logout", {}, headers=KEY),
    ]

    assert [answer.json["errors"][0]["code"] for answer in answers] == ["not_supported_here"] * 2  # type: ignore[index]
    assert author.get("/manage/v1/me").status_code == 200


def test_a_rehearsal_leaves_the_key_free(app: Flask, author: Caller) -> None:
    rehearsed = author.post(f"{POSTS}?dry_run=true", post_content(), headers=KEY)
    done = author.post(POSTS, post_content(), headers=KEY)

    assert (rehearsed.status_code, done.status_code, replayed(done)) == (201, 201, False)
    assert len(items(app)) == 1


def test_no_secret_can_be_read_from_the_database(app: Flask, people: People, author: Caller) -> None:
    admin = people.person(Role.ADMIN)
    body = {"email": "baru@balikpapan.example", "name": "Baru", "memberships": [{"role": "author", "agency": "dpu"}]}

    first = admin.post("/manage/v1/users", body, headers=KEY)
    second = admin.post("/manage/v1/users", body, headers=KEY)

    password = first.json["data"]["initial_password"]  # type: ignore[index]
    assert second.json["data"]["initial_password"] == password  # type: ignore[index]
    with app.app_context(), db.engine.connect() as connection:
        everything = repr([list(connection.execute(table.select())) for table in db.metadata.sorted_tables])
    assert password not in everything
    assert KEY["Idempotency-Key"] not in everything
    assert b"initial_password" not in (kept(app)[0].answer or b"")


def test_an_upload_is_known_by_its_content(app: Flask, author: Caller) -> None:
    """Its multipart boundary is another one each time."""
    path = f"/manage/v1/documents/{add_document(app, author.actor).id}/files"

    def upload(content: bytes, name: str = "renja.pdf", label: str = "Renja") -> TestResponse:
        return author("POST", path, data={"file": (BytesIO(content), name), "label": label}, headers=KEY)

    first, second = upload(PDF), upload(PDF)

    assert (first.status_code, second.status_code, replayed(second)) == (201, 201, True)
    assert second.get_data() == first.get_data()
    others = [upload(CSV, "renja.csv"), upload(PDF, label="Lain"), upload(PDF, "lain.pdf")]
    assert {answer.json["code"] for answer in others} == {"idempotency_key_reused"}  # type: ignore[index]
    with app.app_context(), rolled_back():
        assert len(session.scalars(select(DocumentFile)).all()) == 1


def test_fifty_at_the_same_time_make_one_post(app: Flask, author: Caller) -> None:
    together = threading.Barrier(SAME_TIME)
    answers: list[TestResponse] = []

    def send() -> None:
        caller = Caller(app.test_client(), author.token)
        together.wait()
        answers.append(caller.post(POSTS, post_content(), headers=KEY))
        with app.app_context():
            app.extensions["simpul"].reader.close_connections()

    threads = [threading.Thread(target=send) for _ in range(SAME_TIME)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    found = Counter(answer.status_code for answer in answers)
    assert len(items(app)) == 1
    assert found[201] >= 1
    assert set(found) <= {201, 409, 503}, found
    given = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.get_data() for answer in given}) == 1
    assert sum(not replayed(answer) for answer in given) == 1
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code != 201)


def test_who_waits_too_long_is_told_that_it_is_running(app: Flask, author: Caller) -> None:
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("on SQLite writers take turns whatever they write: 503 `busy` when the turn does not come")
    answers: list[TestResponse] = []

    def send() -> None:
        answers.append(Caller(app.test_client(), author.token).post(POSTS, post_content(), headers=KEY))
        with app.app_context():
            app.extensions["simpul"].reader.close_connections()

    # What the same request has written in a transaction that is not committed yet.
    with app.app_context(), one_transaction() as running:
        running.begin()
        digest = hashlib.sha256(KEY["Idempotency-Key"].encode()).hexdigest()
        row = KeptAnswer(principal_id=author.actor.id, key_digest=digest, fingerprint="0" * 64, expires_at=clock.now())
        running.session.add(row)
        running.session.flush()
        thread = threading.Thread(target=send)
        began = clock.monotonic()
        thread.start()
        thread.join()
        waited = clock.monotonic() - began
        running.discard()

    assert (answers[0].status_code, answers[0].json["code"]) == (409, "idempotency_running")  # type: ignore[index]
    assert answers[0].headers["Retry-After"] == "1"
    assert waited > 1.9
    assert author.post(POSTS, post_content(), headers=KEY).status_code == 201


def test_a_write_without_the_header_takes_no_statement_more(app: Flask, author: Caller) -> None:
    def count(**sent: Any) -> list[str]:
        with counted_statements(app) as statements:
            assert author.post(POSTS, post_content(), **sent).status_code == 201
        return statements

    count()
    plain, keyed = count(), count(headers=KEY)

    assert not [statement for statement in plain if "kept_answers" in statement]
    assert len([statement for statement in keyed if "kept_answers" in statement]) == 3


def test_after_a_new_secret_a_repetition_is_refused_and_not_done_again(
    app: Flask, author: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    author.post(POSTS, content := post_content(), headers=KEY)
    monkeypatch.setattr(app.extensions["simpul"].signing_keys, "_root", "another-secret-" * 3)
    app.extensions["simpul"].signing_keys.forget()
    with app.app_context():
        user, until = session.get_one(User, author.actor.id), clock.now() + timedelta(days=1)
        caller = Caller(author.client, make_access_token(user, user.id, until)[0])
    answer = caller.post(POSTS, content, headers=KEY)

    assert (answer.status_code, answer.json["code"]) == (409, "idempotency_answer_lost")  # type: ignore[index]
    assert len(items(app)) == 1
