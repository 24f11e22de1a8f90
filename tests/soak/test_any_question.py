"""Ten thousand strings as questions: never an error of the server, the items that have the words, and little processor time for each.

`SEARCH_QUESTIONS` makes it shorter or longer; `TEST_DATABASE` chooses the database, whose own processor time is counted on SQLite alone.
"""

from __future__ import annotations

import os
import time

import pytest
from flask import Flask

from tests.people import People
from tests.search.random_questions import address, ask, expected, heard, questions, words_of_items
from tests.search.relevance.corpus import texts
from tests.search.relevance.loading import load
from tests.search.searching import follow

QUESTIONS = int(os.environ.get("SEARCH_QUESTIONS", "10000"))
MOST_SECONDS = 0.5
SEED = 13


@pytest.mark.timeout(7_200)
def test_any_question_finds_the_items_that_have_its_words_in_half_a_second(app: Flask, people: People) -> None:
    load(app, people, [text for text in texts() if text.file_text is None])
    follow(app)
    items, website = words_of_items(app), people.website()

    longest, all_seconds, wrong = 0.0, 0.0, []
    for q in questions(QUESTIONS, SEED):
        began = time.process_time()
        status = website.get(address(q)).status_code
        took = time.process_time() - began
        longest, all_seconds = max(longest, took), all_seconds + took
        assert status < 500, ascii(q)
        _, found = ask(website, q)
        if found is not None and found != expected(heard(q), items):
            wrong.append(ascii(q))
    print(f"{QUESTIONS} questions: {all_seconds / QUESTIONS * 1_000:.1f} ms each, {longest * 1_000:.0f} ms at most")
    assert wrong == []
    assert longest <= MOST_SECONDS
