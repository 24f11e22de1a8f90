"""A kept answer is given again only to a person whose roles are those that the request was made with (M-9)."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from cms.core.db import one_transaction
from cms.core.permissions import Role
from cms.writing.models import KeptAnswer
from tests.factories import post_content
from tests.people import PASSWORD, Caller, People, email_of
from tests.writing.test_idempotency import KEY, POSTS, items, replayed


@pytest.fixture
def author(people: People, city: None) -> Caller:
    return people.person(Role.AUTHOR, "dpu")


def test_an_answer_does_not_outlive_the_roles_it_was_made_with(app: Flask, people: People, author: Caller) -> None:
    admin = people.person(Role.ADMIN)
    made = author.post(POSTS, content := post_content(), headers=KEY)
    path = f"{POSTS}/{made.json['data']['id']}"  # type: ignore[index]

    _give(admin, author, {"role": "author", "agency": "dishub"})
    assert author.get(path).status_code == 404
    assert_lost(author.post(POSTS, content, headers=KEY))
    _give(admin, author, {"role": "author", "agency": "dishub"}, {"role": "agency_editor", "agency": "dpu"})
    assert_lost(author.post(POSTS, content, headers=KEY))
    assert len(items(app)) == 1

    _give(admin, author, {"role": "author", "agency": "dpu"})
    again = author.post(POSTS, content, headers=KEY)
    assert replayed(again)
    assert again.get_data() == made.get_data()


def test_a_demoted_administrator_is_given_no_secret_again(people: People, city: None) -> None:
    admin, other, member = people.person(Role.ADMIN), people.person(Role.AUDITOR), people.person(Role.AUTHOR, "dpu")
    _give(admin, other, {"role": "admin"})
    contact = {"name": "Pengelola", "email": "situs@balikpapan.example"}
    site = {"name": "Situs baru", "kind": "website", "agency": "dpu", "contact": contact}
    consumer = admin.post("/manage/v1/consumers", site).json["data"]["id"]  # type: ignore[index]
    secrets = [
        lambda: admin.post(f"/manage/v1/consumers/{consumer}/keys", {"label": "Uji"}, headers=KEY),
        lambda: admin.post(
            f"/manage/v1/users/{member.actor.id}/password", match=1, headers={"Idempotency-Key": "sandi"}
        ),
    ]
    assert [(send().status_code < 300, replayed(send())) for send in secrets] == [(True, True)] * 2

    # With another right to do so, but not the one that she did it with.
    _give(other, admin, {"role": "admin"}, {"role": "auditor"})
    for send in secrets:
        assert_lost(send())
    _give(other, admin, {"role": "auditor"})
    assert {send().status_code for send in secrets} == {403}


def test_a_new_password_and_token_of_the_same_person_change_nothing(client: FlaskClient, author: Caller) -> None:
    first = author.post(POSTS, content := post_content(), headers=KEY)
    passwords = {"current_password": PASSWORD, "new_password": "gunung-biru-23-kucing"}
    assert author.post("/manage/v1/auth/password", passwords).status_code < 300
    assert author.get("/manage/v1/me").status_code == 401
    known = {"email": email_of(author.actor), "password": passwords["new_password"]}
    token = client.post("/manage/v1/auth/login", json=known).json["access_token"]  # type: ignore[index]
    second = Caller(client, token, author.actor).post(POSTS, content, headers=KEY)

    assert replayed(second)
    assert second.get_data() == first.get_data()


def test_an_answer_of_unknown_roles_is_not_given_again(app: Flask, author: Caller) -> None:
    """A server of the version before has kept it."""
    author.post(POSTS, content := post_content(), headers=KEY)
    with app.app_context(), one_transaction() as shared:
        shared.begin()
        shared.session.execute(update(KeptAnswer).values(rights=None))

    assert_lost(author.post(POSTS, content, headers=KEY))
    assert len(items(app)) == 1


def assert_lost(answer: TestResponse) -> None:
    assert (answer.status_code, answer.json["code"]) == (409, "idempotency_answer_lost")  # type: ignore[index]
    assert not replayed(answer)


def _give(admin: Caller, person: Caller, *memberships: dict[str, str]) -> None:
    path = f"/manage/v1/users/{person.actor.id}"
    version = admin.get(path).headers["ETag"]
    answer = admin("PATCH", path, match=version, json={"memberships": [*memberships]})
    assert answer.status_code == 200, answer.json
