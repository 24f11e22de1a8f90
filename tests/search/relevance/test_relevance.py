"""How good search is for people who look for something: what the real answers are worth, on the database under test."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask

from tests.database import under_test
from tests.people import Caller, People
from tests.search.relevance.corpus import HERE, texts
from tests.search.relevance.judging import Judged, judged_queries
from tests.search.relevance.loading import load
from tests.search.searching import follow

ENOUGH = 0.85


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_people_find_what_they_look_for(app: Flask, people: People, capsys: pytest.CaptureFixture[str]) -> None:
    keys = load(app, people, texts())
    follow(app)
    website = people.website()

    worth = {path.stem: _worth(website, path, keys) for path in sorted(HERE.glob("*queries.txt"))}

    with capsys.disabled():
        for name, found in worth.items():
            mean = sum(found.values()) / len(found)
            print(f"\nnDCG@10 of {len(found)} {name} on {under_test()}: {mean:.3f}; the worst:")
            for query, each in sorted(found.items(), key=lambda each: each[1])[:8]:
                print(f"  {each:.3f} {query}")
    assert sum(worth["queries"].values()) / len(worth["queries"]) >= ENOUGH


def _worth(website: Caller, path: Path, keys: dict[str, str]) -> dict[str, float]:
    """nDCG@10 of every query of a file."""
    return {each.query: each.ndcg(_answers(website, each, keys)) for each in judged_queries(path, keys.values())}


def _answers(website: Caller, judged: Judged, keys: dict[str, str]) -> list[str]:
    """The keys of the texts on the first page."""
    answer = website.get(f"/v1/search?{urlencode({'q': judged.query, 'limit': 10})}")
    assert answer.status_code == 200, answer.json
    return [keys[hit["id"]] for hit in answer.json["data"]]
