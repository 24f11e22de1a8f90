"""Any string as a question: never an error of the server, and the same items on both databases, which are those that have its words."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.people import People
from tests.search.random_questions import ask, expected, heard, questions, words_of_items
from tests.search.relevance.corpus import texts
from tests.search.relevance.loading import load
from tests.search.searching import follow

QUESTIONS, SEED = 300, 12
REFUSED = frozenset({400, 414, 422})


@pytest.mark.slow
def test_any_question_finds_the_items_that_have_its_words(app: Flask, people: People) -> None:
    load(app, people, [text for text in texts() if text.file_text is None][:150])
    follow(app)
    items, website = words_of_items(app), people.website()

    found_any = 0
    for q in questions(QUESTIONS, SEED):
        status, found = ask(website, q)
        if found is None:
            assert status in REFUSED
        else:
            assert found == expected(heard(q), items), ascii(q)
            found_any += bool(found)
    assert found_any > QUESTIONS / 10
