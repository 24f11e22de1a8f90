"""A real server with four threads on a real database, which the tests hold, silence and hang."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

import pytest
from flask import Flask

from cms.core.storage.local import Storage, storage_from_url
from tests.cli.servers import running
from tests.core.storages import ACCESS_KEY, SECRET_KEY, marked
from tests.factories import add_city, add_published_post

WEB_THREADS = 4


class Serve(Protocol):
    """Starts the server with further settings; gives its port."""

    def __call__(self, **settings: str) -> AbstractContextManager[int]: ...


def storage_at(url: str, folder: Path) -> Storage:
    """The storage of the server under test."""
    return storage_from_url(url, incoming=folder / "incoming", access_key=ACCESS_KEY, secret_key=SECRET_KEY)


@pytest.fixture
def serve(app: Flask, environment: dict[str, str], tmp_path: Path) -> Serve:
    """The server on the database of the application, which has the city and one post."""
    add_city(app)
    add_published_post(app)

    @contextmanager
    def served(**settings: str) -> Iterator[int]:
        given = {
            **environment,
            "STORAGE_URL": f"file://{tmp_path / 'files'}",
            "DATABASE_POOL_SIZE": "5",
            "WEB_THREADS": str(WEB_THREADS),
            "DELIVERY_ANONYMOUS": "all",
            "DELIVERY_ANONYMOUS_PER_MINUTE": "0",
        }
        given |= settings
        given.pop("INSTANCE_PATH")
        marked(storage_at(given["STORAGE_URL"], tmp_path))
        with running(tmp_path, "serve", **given) as (_process, port):
            yield port

    return served
