"""What the guide tells about feeds is so."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import add_published_document, add_published_post
from tests.test_readme import SERVER, blocks

GUIDE = "docs/api.md"


class Links(HTMLParser):
    """The elements `link` of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "link":
            self.found.append(dict(attrs))


@pytest.mark.usefixtures("city")
def test_the_feeds_that_a_page_names_have_the_type_that_it_names(app: Flask, client: FlaskClient) -> None:
    add_published_post(app)
    add_published_document(app)
    links = Links()
    for block in blocks(GUIDE, "html"):
        links.feed(block)
    feeds = [link for link in links.found if "/v1/feeds/" in str(link["href"])]

    assert len(feeds) == 3
    for link in feeds:
        answer = client.get(str(link["href"]).removeprefix(SERVER))
        assert (answer.status_code, answer.mimetype) == (200, link["type"])
        assert "Dinas Dpu" in answer.text
