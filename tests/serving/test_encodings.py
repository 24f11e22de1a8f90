"""Content encodings: what a caller prefers, and that a 304 names a form of the answer that he has and can read."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.factories import add_city, add_published_post
from tests.people import Caller, People

LONG = "/v1/posts"
SHORT = "/v1/posts?fields=id"
ENCODINGS = ("gzip", "br", "zstd")


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    """A website with a key, and a list that is worth compressing."""
    add_city(app)
    for number in range(3):
        add_published_post(app, title=f"Berita {number}")
    return people.website()


def got(site: Caller, path: str, accepted: str | None = None, known: str | None = None) -> tuple[int, str, str | None]:
    """Status, ETag and encoding."""
    sent = {"Accept-Encoding": accepted, "If-None-Match": known}
    answer = site.get(path, headers={name: value for name, value in sent.items() if value is not None})
    return answer.status_code, answer.headers["ETag"], answer.headers.get("Content-Encoding")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("GZIP", "gzip"),
        ("gzip;q=0.2, BR;q=0.7", "br"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, identity", "gzip"),
        ("gzip;q=0.5, identity", None),
        ("identity;q=0.5, gzip;q=0.8", "gzip"),
        ("identity, *;q=0", None),
        ("*;q=0", None),
        ("deflate, gzip;q=0", None),
    ],
)
def test_the_caller_s_preference_decides(site: Caller, accepted: str, encoding: str | None) -> None:
    for _kept in (False, True):
        assert got(site, LONG, accepted)[::2] == (200, encoding)


def test_a_304_names_the_tag_that_the_caller_has(app: Flask, site: Caller) -> None:
    for path in (LONG, SHORT):
        plain = got(site, path)[1]
        for kept in (True, False):
            for accepted in ("", "gzip", "gzip, br, zstd"):
                if not kept:
                    app.extensions["simpul"].forget()
                # Also of an answer of which nobody knows yet that it is too short to be compressed.
                assert got(site, path, accepted, plain) == (304, plain, None)
                assert got(site, path, accepted, f'"other", W/{plain}') == (304, plain, None)


def test_a_form_that_the_caller_cannot_read_is_not_what_he_has(app: Flask, site: Caller) -> None:
    tags = {name: got(site, LONG, name)[1] for name in ENCODINGS}

    for kept in (True, False):
        for name, tag in tags.items():
            if not kept:
                app.extensions["simpul"].forget()
            assert got(site, LONG, name, tag) == (304, tag, None)
            assert got(site, LONG, "gzip, br, zstd", tag) == (304, tag, None)
            others = ", ".join(other for other in ENCODINGS if other != name)
            assert got(site, LONG, others, tag)[0] == 200
            assert got(site, LONG, None, tag)[::2] == (200, None)
    everything = ", ".join(tags.values())
    assert got(site, LONG, "br", everything) == (304, tags["br"], None)
