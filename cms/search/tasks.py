"""Writing the index in several transactions: late texts of files, and all of it anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cms.core.db import rolled_back
from cms.search.queries import new_texts, numbers_after
from cms.search.services import finish_rebuilding, index_texts, rebuild_items

FILES_AT_ONCE: Final = 20
ITEMS_AT_ONCE: Final = 50


def index_new_texts() -> bool:
    """Take texts of files that were read, or read further, since; True when more may wait."""
    with rolled_back():
        digests = new_texts(FILES_AT_ONCE)
    if digests:
        index_texts(digests)
    return len(digests) == FILES_AT_ONCE


def rebuild_index(progress: Callable[[int], None]) -> int:
    """Write the whole index anew, item by item, while it is searched and written; returns how many items there were.

    `progress` gets how many are done. What is published meanwhile is indexed by the follower. Interrupted, it can begin again.
    """
    after = done = 0
    while True:
        with rolled_back():
            numbers = numbers_after(after, ITEMS_AT_ONCE)
        if not numbers:
            break
        rebuild_items(numbers)
        after, done = numbers[-1], done + len(numbers)
        progress(done)
    finish_rebuilding()
    return done
