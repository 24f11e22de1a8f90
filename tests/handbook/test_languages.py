"""The pages in the language of their reader, from link to link."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from cms.handbook.documents import ERRORS

BROWSER = {"Accept": "text/html"}
PAGES = ("/", "/docs", "/docs/guide", "/docs/model", "/docs/files", "/docs/errors", "/docs/status")


def pages_linked(client: FlaskClient, address: str) -> list[str]:
    """The queries of the links between pages."""
    answer = client.get(address, headers={**BROWSER, "Accept-Language": "id"})
    assert answer.status_code == 200
    links = (urlsplit(each) for each in re.findall(r'href="([^"]+)"', answer.text))
    return [each.query for each in links if each.path in PAGES and not each.netloc]


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("path", PAGES)
def test_the_language_of_an_address_goes_along_with_every_link(client: FlaskClient, path: str, language: str) -> None:
    named = pages_linked(client, f"{path}?lang={language}")
    other = {"en": "lang=id", "id": "lang=en"}[language]

    assert len(named) >= 6
    # The link to the page in the other language is the only one that does not carry it.
    assert sorted(set(named)) == ["lang=en", "lang=id"]
    assert named.count(other) == 1


@pytest.mark.parametrize("path", PAGES)
def test_links_name_no_language_that_the_address_did_not_name(client: FlaskClient, path: str) -> None:
    assert [each for each in pages_linked(client, path) if each] == ["lang=en"]


@pytest.mark.parametrize(("language", "title"), [("id", "Tidak ditemukan"), ("en", "Not found")])
@pytest.mark.parametrize("path", ["/docs/nowhere", "/nowhere", "/docs/assets/nowhere"])
def test_an_address_that_does_not_exist_answers_in_the_language_that_it_names(
    client: FlaskClient, path: str, language: str, title: str
) -> None:
    other = {"en": "id", "id": "en"}[language]
    answer = client.get(f"{path}?lang={language}", headers={**BROWSER, "Accept-Language": other})

    assert answer.status_code == 404
    assert f'<html lang="{language}">' in answer.text
    assert f"<h1>{title}</h1>" in answer.text
    assert f'href="/docs/errors?lang={language}#not_found"' in answer.text
    assert answer.headers["Content-Language"] == language


def test_the_api_does_not_look_at_a_language_in_the_address(client: FlaskClient) -> None:
    assert client.get("/v1/nowhere?lang=id").headers["Content-Language"] == "en"


def test_the_introduction_of_the_errors_is_the_same_in_both_languages(client: FlaskClient) -> None:
    source, translated = (ERRORS.path(each).read_text(encoding="utf-8") for each in ("en", "id"))
    source = source.partition("\n## Problems")[0]
    for facts in (r"^\| ([0-9, ]+) \|", r'^  "(\w+)"'):
        assert re.findall(facts, source, re.MULTILINE) == re.findall(facts, translated, re.MULTILINE) != []

    page = client.get("/docs/errors?lang=id", headers=BROWSER).text
    assert "Yang dilakukan klien" in page
    assert "What a client does" not in page
    assert 'lang="en"' not in page.replace('lang="en" hreflang="en"', "")
