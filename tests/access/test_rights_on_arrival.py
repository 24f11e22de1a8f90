"""Rights are looked at when a request is complete: what comes too late is refused, and nothing of it is written."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from cms.accounts.models import User
from cms.changes.actions import Action
from cms.changes.log import read_after, record, when_numbered
from cms.core.db import unit_of_work
from cms.core.permissions import Role
from tests.access.slow_senders import LONGEST_SECONDS, Server, all_but_the_last_byte, raw_request, serving
from tests.accounts.persons import all_rows, at_once
from tests.conftest import counted_statements
from tests.documents.samples import PDF
from tests.factories import document_content, post_content
from tests.media.pictures import jpeg
from tests.people import Caller, People

ROUNDS, WRITERS, MOST_WRITES = 4, 3, 40
MANAGE = "/manage/v1"
Act = Callable[[], Any]


@pytest.fixture
def server(app: Flask, city: None) -> Iterator[Server]:
    with serving(app) as started:
        yield started


@pytest.fixture
def editor(people: People, city: None) -> Caller:
    return people.person(Role.AGENCY_EDITOR, "dpu")


@pytest.fixture
def admin(people: People) -> Caller:
    return people.person(Role.ADMIN)


def suspended(admin: Caller, editor: Caller) -> Act:
    return lambda: _done(admin.post(f"{MANAGE}/users/{editor.actor.id}/suspend", match=1))


def session_ended(admin: Caller, editor: Caller) -> Act:
    return lambda: _done(
        admin.post(f"{MANAGE}/users/{editor.actor.id}/sessions/{editor.actor.session_id or editor.actor.id}/end")
    )


def role_taken(admin: Caller, editor: Caller) -> Act:
    return lambda: _done(admin("PATCH", f"{MANAGE}/users/{editor.actor.id}", match=1, json={"memberships": []}))


def role_exchanged(admin: Caller, editor: Caller) -> Act:
    elsewhere = {"memberships": [{"role": "agency_editor", "agency": "dishub"}]}
    return lambda: _done(admin("PATCH", f"{MANAGE}/users/{editor.actor.id}", match=1, json=elsewhere))


def password_reset(admin: Caller, editor: Caller) -> Act:
    return lambda: _done(admin.post(f"{MANAGE}/users/{editor.actor.id}/password", match=1))


def frozen(admin: Caller, _editor: Caller) -> Act:
    return lambda: _done(admin.post(f"{MANAGE}/freeze", {"agency": "dpu", "reason": "Akun dibajak."}))


def person_frozen(admin: Caller, editor: Caller) -> Act:
    body = {"person": editor.actor.id, "reason": "Akun dibajak."}
    return lambda: _done(admin.post(f"{MANAGE}/freeze", body))


def _done(answer: Any) -> None:
    assert answer.status_code < 300, answer.json


LOSSES = {
    suspended: (401, "invalid_token"),
    session_ended: (401, "invalid_token"),
    password_reset: (401, "invalid_token"),
    role_taken: (403, "forbidden"),
    role_exchanged: (409, "rights_changed"),
    person_frozen: (403, "person_frozen"),
}


def publication(editor: Caller) -> bytes:
    """A publish of a draft."""
    made = editor.post(f"{MANAGE}/posts", post_content())
    path = f"{MANAGE}/posts/{made.json['data']['id']}/publish"  # type: ignore[index]
    return raw_request(editor, "POST", path, json={}, match=made.headers["ETag"])


def batch_of_one(editor: Caller) -> bytes:
    operation = {"method": "POST", "path": f"{MANAGE}/posts", "body": post_content()}
    return raw_request(editor, "POST", f"{MANAGE}/batch", json={"operations": [operation]})


def lenient_batch(editor: Caller) -> bytes:
    operation = {"method": "POST", "path": f"{MANAGE}/posts", "body": post_content()}
    return raw_request(editor, "POST", f"{MANAGE}/batch", json={"operations": [operation], "atomic": False})


def rehearsal(editor: Caller) -> bytes:
    return raw_request(editor, "POST", f"{MANAGE}/posts?dry_run=true", json=post_content())


def first_try(editor: Caller) -> bytes:
    return raw_request(editor, "POST", f"{MANAGE}/posts", json=post_content(), headers={"Idempotency-Key": "sekali"})


def repetition(editor: Caller) -> bytes:
    """Of a request that was carried out and whose answer is kept."""
    content = post_content()
    _done(editor.post(f"{MANAGE}/posts", content, headers={"Idempotency-Key": "sekali"}))
    return raw_request(editor, "POST", f"{MANAGE}/posts", json=content, headers={"Idempotency-Key": "sekali"})


def image(editor: Caller) -> bytes:
    form = {"file": (BytesIO(jpeg()), "pantai.jpg"), "agency": "dpu", "alt": "Pantai"}
    return raw_request(editor, "POST", f"{MANAGE}/media", data=form)


def file(editor: Caller) -> bytes:
    made = editor.post(f"{MANAGE}/documents", document_content())
    path = f"{MANAGE}/documents/{made.json['data']['id']}/files"  # type: ignore[index]
    return raw_request(editor, "POST", path, data={"file": (BytesIO(PDF), "renja.pdf")})


def lease(editor: Caller) -> bytes:
    """A write that leaves no line in the log."""
    made = editor.post(f"{MANAGE}/posts", post_content())
    path = f"{MANAGE}/posts/{made.json['data']['id']}/lease"  # type: ignore[index]
    return raw_request(editor, "POST", path, json={"take_over": False})


WRITES = (publication, batch_of_one, rehearsal, first_try, repetition, image, file, lease)


def stored_files(app: Flask) -> list[str]:
    """What lies in the storage and in the folder of incoming uploads."""
    folder = Path(app.extensions["simpul"].settings.instance_path)
    return sorted(str(path) for path in folder.rglob("*") if path.is_file())


def sent_too_late(app: Flask, server: Server, request: bytes, loss: Act) -> tuple[int, Any]:
    """The answer to a request whose last byte comes after the loss; what is stored must be the same before and after it."""
    before: list[Any] = []

    def lose() -> None:
        loss()
        before.extend([all_rows(app), stored_files(app)])

    status, body = all_but_the_last_byte(server, request, lose)
    assert [all_rows(app), stored_files(app)] == before
    return status, body


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("write", WRITES)
def test_a_write_whose_last_byte_comes_too_late_is_refused_and_leaves_nothing(
    app: Flask, server: Server, editor: Caller, admin: Caller, write: Callable[[Caller], bytes], loss: Any
) -> None:
    status, body = sent_too_late(app, server, write(editor), loss(admin, editor))

    expected = LOSSES[loss]
    if write is batch_of_one and loss in {role_taken, role_exchanged}:
        # Each operation is let in by itself: the batch names the one that is refused.
        expected = (409, "batch_failed")
    assert (status, body["code"]) == expected


@pytest.mark.parametrize("loss", LOSSES)
def test_a_lenient_batch_that_comes_too_late_does_nothing(
    app: Flask, server: Server, editor: Caller, admin: Caller, loss: Any
) -> None:
    status, body = sent_too_late(app, server, lenient_batch(editor), loss(admin, editor))

    if loss in {role_taken, role_exchanged}:
        assert (status, body["data"]["failed"]) == (200, 1)
    else:
        assert (status, body["code"]) == LOSSES[loss]


def test_a_publication_whose_last_byte_comes_after_a_freeze_is_refused(
    app: Flask, server: Server, editor: Caller, admin: Caller
) -> None:
    status, body = sent_too_late(app, server, publication(editor), frozen(admin, editor))

    assert (status, body["code"]) == (409, "publishing_frozen")


def test_a_role_that_was_added_meanwhile_stops_nothing(
    server: Server, people: People, editor: Caller, admin: Caller
) -> None:
    both = [{"role": "agency_editor", "agency": "dpu"}, {"role": "auditor", "agency": None}]
    change = {"memberships": both}
    status, _body = all_but_the_last_byte(
        server,
        publication(editor),
        lambda: _done(admin("PATCH", f"{MANAGE}/users/{editor.actor.id}", match=1, json=change)),
    )

    assert status == 200


def test_whoever_ends_his_own_right_may_do_so(editor: Caller, admin: Caller) -> None:
    own = f"{MANAGE}/users/{admin.actor.id}"
    added = admin("PATCH", own, match=1, json={"memberships": [{"role": "admin"}, {"role": "auditor"}]})
    assert added.status_code == 200
    assert admin("PATCH", own, match=2, json={"memberships": [{"role": "admin"}]}).status_code == 200
    assert editor.post(f"{MANAGE}/auth/logout", {"everywhere": True}).status_code == 204
    assert editor.get(f"{MANAGE}/me").status_code == 401


def test_looking_again_is_one_statement(app: Flask, editor: Caller) -> None:
    with counted_statements(app) as statements:
        assert editor.post(f"{MANAGE}/posts", post_content()).status_code == 201

    assert sum("sign_in_sessions" in statement for statement in statements) == 2


@pytest.mark.usefixtures("city")
def test_no_line_of_a_person_follows_the_suspension(app: Flask, client: FlaskClient, admin: Caller) -> None:
    """Lines stand in the order of commits, so the order in which they came about can be read from the log."""
    for _ in range(ROUNDS):
        editor = People(app, client).person(Role.AGENCY_EDITOR, "dpu")
        begun = threading.Event()

        def act(client: FlaskClient, number: int, editor: Caller = editor, begun: threading.Event = begun) -> None:
            if number == 0:
                assert begun.wait(LONGEST_SECONDS)
                path = f"{MANAGE}/users/{editor.actor.id}/suspend"
                assert Caller(client, admin.token).post(path, match=1).status_code == 200
                return
            for _ in range(MOST_WRITES):
                answer = Caller(client, editor.token).post(f"{MANAGE}/posts", post_content())
                assert answer.status_code in {201, 401, 503}, answer.json
                begun.set()
                if answer.status_code == 401:
                    return

        at_once(app, WRITERS + 1, act)

        with app.app_context():
            lines = list(read_after(0, 10_000))
        suspended_at = next(line.sequence for line in lines if line.resource_id == editor.actor.id)
        own = [line.sequence for line in lines if line.actor_id == editor.actor.id]
        assert own
        assert max(own) < suspended_at


def test_a_write_without_a_line_waits_for_a_suspension_that_is_about_to_be_committed(
    app: Flask, editor: Caller, admin: Caller
) -> None:
    made = editor.post(f"{MANAGE}/posts", post_content())
    path = f"{MANAGE}/posts/{made.json['data']['id']}/lease"  # type: ignore[index]
    numbered, let_in = threading.Event(), threading.Event()

    def act(client: FlaskClient, number: int) -> int:
        if number:
            assert numbered.wait(LONGEST_SECONDS)
            return Caller(client, editor.token).post(path, {}).status_code
        with app.app_context(), unit_of_work() as unit:
            unit.session.execute(update(User).where(User.id == editor.actor.id).values(state="suspended"))
            line = record(unit, Action.USER_SUSPENDED, str(editor.actor.id), admin.actor)
            when_numbered(unit, line, lambda _sequence: _wait_for_the_other())
        return 0

    def _wait_for_the_other() -> None:
        app.extensions["simpul"].reader.on_statement = lambda _sql: let_in.set()
        numbered.set()
        assert let_in.wait(LONGEST_SECONDS)
        app.extensions["simpul"].reader.on_statement = None

    assert at_once(app, 2, act) == [0, 401]
