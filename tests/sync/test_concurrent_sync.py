"""Several people write while several copies are taken: every copy ends with exactly what is published, in both databases."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from flask import Flask

from tests.factories import add_agencies, add_consumer, add_key
from tests.sync.crowd import Copier, Writer, in_threads

WRITERS, CHANGES = 6, 14
COPIES = (
    (None, "", 1), (None, "", 7), (None, "&channel=dishub", 2), (None, "&kind=berita", 3), (("dpu",), "", 2), (("dishub",), "&channel=dishub", 500),
)  # fmt: skip
pytestmark = pytest.mark.usefixtures("city")


@pytest.mark.timeout(900)
def test_every_copy_ends_with_what_is_published(app: Flask) -> None:
    add_agencies(app, "dishub")
    # The copies ask without a pause, which is more than a key may ask in a minute.
    consumer = add_consumer(app, requests_per_minute=0)
    copiers = [Copier(app, add_key(app, consumer, agencies=of)[1], filters, limit) for of, filters, limit in COPIES]
    items: list[str] = []
    writers = [Writer(app, number, items) for number in range(WRITERS)]
    over = threading.Event()

    copying = in_threads([partial(copier.copy, over) for copier in copiers])
    for thread in in_threads([partial(writer.write, CHANGES) for writer in writers]):
        thread.join(600)
    over.set()
    for thread in copying:
        thread.join(200)

    assert sum(writer.done for writer in writers) > WRITERS * CHANGES / 2
    for copier in copiers:
        assert copier.follower.is_complete
        assert copier.follower.ids("post") == copier.shown(), copier.filters
        assert copier.follower.hashes() == copier.checksum(), copier.filters
