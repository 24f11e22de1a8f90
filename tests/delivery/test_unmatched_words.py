"""What a list tells of words that match nothing."""

from __future__ import annotations

from flask import Flask

from tests.factories import add_city
from tests.people import People


def test_what_is_told_of_unknown_words_is_the_same_in_every_language(app: Flask, people: People) -> None:
    """Answers are kept once for everybody, so their bytes and tags know no language."""
    add_city(app)
    site = people.website()
    for path in (
        "/v1/posts?agency=tidakada",
        "/v1/posts?tag=tidakada",
        "/v1/areas?parent=99",
        "/v1/tags?agency=tidakada",
    ):
        english, indonesian = (site.get(path, headers={"Accept-Language": each}) for each in ("en", "id"))
        assert english.json["meta"]["warnings"], path  # type: ignore[index]
        assert english.json["meta"]["warnings"] == indonesian.json["meta"]["warnings"]  # type: ignore[index]
        assert english.headers["ETag"] == indonesian.headers["ETag"]
        assert "Accept-Language" not in english.headers.get("Vary", "")
