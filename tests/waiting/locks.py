"""The lock of all writers, held by somebody else, and people who write through a real server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from cms.core.db import db
from tests.people import PASSWORD
from tests.waiting.crowds import ask


@contextmanager
def locked_for_writers(app: Flask) -> Iterator[None]:
    """As if another process had the database's write lock, or the head of the log, and kept it."""
    with app.app_context():
        engine = db.engine
    with engine.connect().execution_options(writes=True) as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT 1 FROM change_head FOR UPDATE")
        else:
            connection.exec_driver_sql("SELECT 1")
        yield


def signed_in(port: int, email: str) -> dict[str, str]:
    answer = ask(port, "/manage/v1/auth/login", "POST", {"email": email, "password": PASSWORD})
    assert answer.status == 200, answer.body
    token = answer.json["access_token"]
    return {"Authorization": f"Bearer {token}"}
