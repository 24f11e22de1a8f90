"""What strangers ask for fills no memory: answers, the questions that they belong to, and SQL have bounds that are true."""

from __future__ import annotations

import gc
import sys
import tracemalloc
import urllib.parse
from types import FunctionType, ModuleType
from typing import Any

import pytest
from flask import Flask

from cms.core.http.request_head import LONGEST_QUERY
from cms.core.reading import Reader
from cms.publishing.reading import LONGEST_SHAPE, MOST_SHAPES
from cms.serving import encoding
from cms.serving.answer_cache import AnswerCache
from cms.serving.state import ServingState
from tests.factories import add_city, add_published_post
from tests.people import Caller, People

BUDGET = 400_000
QUERIES, QUERY_BYTES = 300, 6_000


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    add_city(app)
    add_published_post(app)
    return people.website()


@pytest.fixture
def state(app: Flask, monkeypatch: pytest.MonkeyPatch) -> ServingState:
    """The memory of the application, with a small budget."""
    state: ServingState = app.extensions["simpul_delivery"]
    monkeypatch.setattr(state, "kept", AnswerCache(BUDGET))
    return state


def long_query(number: int) -> str:
    """A question that nobody else asks, as long as the server takes it."""
    words = [f"kata-{number:05d}-{index:02d}-{'x' * 40}" for index in range(20)]
    encoded = "".join(f"%{ord(letter):02X}" for letter in ",".join(words))
    query = f"tag={encoded}&category={encoded}"
    assert QUERY_BYTES <= len(query) <= LONGEST_QUERY
    return f"/v1/posts?{query}"


def asked_often(site: Caller) -> int:
    """Ask QUERIES times for something else; the bytes that are held afterwards and were not before."""
    site.get(long_query(QUERIES))
    gc.collect()
    tracemalloc.start()
    try:
        for number in range(QUERIES):
            assert site.get(long_query(number)).status_code == 200
        # The standard library remembers some addresses that the client of the test has taken apart.
        urllib.parse.clear_cache()
        gc.collect()
        held, _peak = tracemalloc.get_traced_memory()
        return held
    finally:
        tracemalloc.stop()


def test_long_questions_hold_no_more_than_the_budget(site: Caller, state: ServingState) -> None:
    held = asked_often(site)
    assert len(state.kept._answers) > 10
    assert held < 2 * BUDGET


def test_what_is_counted_is_what_is_held(site: Caller, state: ServingState) -> None:
    for accepted in ("gzip", "br", "zstd", ""):
        for number in range(20):
            site.get(long_query(number), headers={"Accept-Encoding": accepted})
    assert state.kept._answers.currsize <= BUDGET
    assert _deep_size(state.kept._answers) <= 1.1 * state.kept._answers.currsize


def test_a_304_to_whoever_has_nothing_is_not_kept(site: Caller, state: ServingState) -> None:
    for number in range(20):
        assert site.get(long_query(number), headers={"If-None-Match": "*"}).status_code == 304
    assert len(state.kept._answers) == 0
    etag = site.get(long_query(0)).headers["ETag"]
    state.kept.forget()
    assert site.get(long_query(0), headers={"If-None-Match": etag}).status_code == 304
    assert len(state.kept._answers) == 1


def test_shapes_of_questions_have_an_end(site: Caller, state: ServingState) -> None:
    publications = state.publications
    for words in range(1, 20):
        tags = ",".join(f"tag-{number}" for number in range(words))
        assert site.get(f"/v1/posts?tag={tags}").status_code == 200
    for number in range(2 * MOST_SHAPES):
        publications._remembered((number,), "SELECT 1")
    assert len(publications._sql) <= MOST_SHAPES
    publications._remembered(("long",), "x" * (LONGEST_SHAPE + 1))
    assert ("long",) not in publications._sql


def test_unusual_headers_are_not_remembered() -> None:
    before = encoding._chosen.cache_info().currsize
    assert encoding.chosen_encoding("gzip" + " " * encoding.LONGEST_REMEMBERED) == "gzip"
    assert encoding.takes("gzip" + " " * encoding.LONGEST_REMEMBERED, "gzip")
    assert encoding._chosen.cache_info().currsize == before


def _deep_size(root: Any) -> int:
    """Bytes of everything that is reached from here and from nowhere else: what is shared with the program does not count."""
    seen: set[int] = set()
    total, waiting = 0, [root]
    while waiting:
        found = waiting.pop()
        if id(found) in seen or isinstance(found, (type, ModuleType, FunctionType, Reader)):
            continue
        seen.add(id(found))
        total += sys.getsizeof(found)
        waiting.extend(gc.get_referents(found))
    return total
