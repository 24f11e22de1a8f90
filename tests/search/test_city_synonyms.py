"""What the city says that a word means is asked for with the next question, and an answer that is kept does not outlive it."""

from __future__ import annotations

import pytest
from flask import Flask

from cms.core.permissions import Role
from tests.factories import add_published_post
from tests.people import People
from tests.search.searching import follow, titles

pytestmark = pytest.mark.usefixtures("city")
PATH = "/manage/v1/search/synonyms/jampi"


def test_a_synonym_of_the_city_holds_for_the_next_question(app: Flask, people: People) -> None:
    website, central = people.website(), people.person(Role.CENTRAL_EDITOR)
    add_published_post(app, title="Pasar tumbuhan berkhasiat")
    follow(app)
    assert titles(website, "jampi") == []

    central("PUT", PATH, json={"means": ["tumbuhan berkhasiat"]})
    assert titles(website, "jampi") == ["Pasar tumbuhan berkhasiat"]

    central("DELETE", PATH)
    assert titles(website, "jampi") == []
