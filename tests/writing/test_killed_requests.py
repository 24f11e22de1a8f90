"""The power fails between what a request did and its answer: repeated, it is done exactly once (M-9)."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from cms.core import clock
from cms.core.db import session
from cms.core.permissions import Role
from cms.editorial.items.models import Item
from config import PROJECT_ROOT
from tests.factories import post_content
from tests.people import Caller, People

POSTS = "/manage/v1/posts"
KEY = {"Idempotency-Key": "sebelum-mati"}
END_SECONDS = 30


def send_and_kill(environment: dict[str, str], step: str, caller: Caller) -> None:
    """Send one write to a server of its own, which dies with SIGKILL at this step."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.writing.dying_server", step],
        cwd=PROJECT_ROOT, env={**os.environ, **environment}, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        connection = http.client.HTTPConnection("127.0.0.1", int(server.stdout.readline()), timeout=END_SECONDS)
        headers = {**caller.headers, **KEY, "Content-Type": "application/json"}
        connection.request("POST", POSTS, json.dumps(post_content()), headers)
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            connection.getresponse()
        connection.close()
        assert server.wait(END_SECONDS) == -signal.SIGKILL
    finally:
        server.kill()
        server.communicate()


def items(app: Flask) -> list[str]:
    with app.app_context():
        return list(session.scalars(select(Item.id)))


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(("step", "done_before"), [("uncommitted", 0), ("unanswered", 1)])
def test_a_request_that_was_killed_is_done_once_when_it_is_repeated(
    app: Flask, people: People, environment: dict[str, str], step: str, done_before: int
) -> None:
    # The server's clock runs on, so the token must be of today.
    with clock.frozen(datetime.now(UTC)):
        author = people.person(Role.AUTHOR, "dpu")
        send_and_kill(environment, step, author)
        before = items(app)

        again = author.post(POSTS, post_content(), headers=KEY)
        once_more = author.post(POSTS, post_content(), headers=KEY)

    assert len(before) == done_before
    assert again.status_code == 201
    assert ("Idempotency-Replayed" in again.headers) == bool(done_before)
    assert items(app) == [again.json["data"]["id"]]  # type: ignore[index]
    assert once_more.get_data() == again.get_data()
    assert before in ([], items(app))
