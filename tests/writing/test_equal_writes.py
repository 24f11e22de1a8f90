"""Equal writes at the same time: each is answered as if it had come alone, before or after the others."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cms.changes.actions import Action
from cms.changes.models import Change
from cms.core.db import rolled_back, session
from cms.core.ids import new_id
from cms.core.permissions import Role
from tests.accounts.persons import at_once
from tests.factories import document_content, post_content
from tests.people import Caller, People

MANAGE = "/manage/v1"
TOGETHER, ROUNDS = 6, 5


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(("kind", "content"), [("posts", post_content), ("documents", document_content)])
def test_an_id_is_taken_once_and_the_others_hear_that_it_exists(
    app: Flask, people: People, kind: str, content: Any
) -> None:
    author = people.person(Role.AUTHOR, "dpu")
    for _ in range(ROUNDS):
        item_id = new_id()

        def put(client: FlaskClient, number: int, item_id: str = item_id) -> Any:
            # A title of its own: who waits for nobody at the slug meets the others at the id.
            body = content(title=f"Judul {number} {item_id}")
            path = f"{MANAGE}/{kind}/{item_id}"
            return Caller(client, author.token)("PUT", path, json=body, headers={"If-None-Match": "*"})

        told = Counter((answer.status_code, answer.json.get("code")) for answer in at_once(app, TOGETHER, put))

        assert told == {(201, None): 1, (409, "already_exists"): TOGETHER - 1}


@pytest.mark.usefixtures("city")
def test_equal_entries_of_a_domain_are_all_200(app: Flask, people: People) -> None:
    central = people.person(Role.CENTRAL_EDITOR)
    for number in range(ROUNDS):
        path = f"{MANAGE}/link-domains/judi{number}.com"

        def put(client: FlaskClient, _number: int, path: str = path) -> Any:
            return Caller(client, central.token)("PUT", path, json={"verdict": "blocked", "note": "Judi."})

        answers = at_once(app, TOGETHER, put)

        assert Counter(answer.status_code for answer in answers) == {200: TOGETHER}
        assert len({answer.get_data() for answer in answers}) == 1
    with app.app_context(), rolled_back():
        lines = session.scalars(select(Change.resource_id).where(Change.action == Action.LINK_DOMAIN_BLOCKED)).all()
    assert Counter(lines) == {f"judi{number}.com": 1 for number in range(ROUNDS)}
