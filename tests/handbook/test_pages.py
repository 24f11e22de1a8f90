"""The front door: pages for people, the same facts as problem+json for programs, without token, cookie or foreign host."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import brotli
import pytest
import zstandard
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from cms.core.db import db
from cms.core.http.messages import PROBLEMS, RULES
from cms.core.http.messages.cures import CURES, cure_of
from cms.core.http.messages.warnings import WARNINGS
from cms.handbook.documents import GUIDES, Document, Wish, examples, served_address
from tests.conftest import second_app
from tests.factories import add_city

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
NAMES = ("guide", "model", "errors", "errors?lang=id", "files?lang=id")
PAGES = ("/", "/?lang=id", "/docs", *(f"/docs/{name}" for name in NAMES))
MOMENTARY = ("/docs/status",)
"""Pages that nobody keeps."""
WRITTEN = tuple(each for each in PAGES if each != "/docs")
"""Pages that can be read without a script."""
HOST = "http://localhost"


class Page(HTMLParser):
    """What a browser finds in a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: list[str] = []
        self.levels: list[int] = []
        self.inline: list[str] = []
        self.language = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.links += [value for name in ("href", "src") if (value := found.get(name)) is not None]
        self.anchors += [found["id"]] if found.get("id") else []
        self.levels += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        self.inline += [f"{tag} {name}" for name in found if name == "style" or name.startswith("on")]
        self.inline += [tag] if tag == "style" or (tag == "script" and "src" not in found) else []
        self.language = (found.get("lang") or "") if tag == "html" else self.language


@pytest.mark.parametrize("document", GUIDES.values(), ids=lambda document: document.name)
def test_no_shown_document_points_to_what_its_readers_do_not_have(document: Document) -> None:
    links = re.findall(r"\[[^\]]+\]\(([^)\s]+)\)", document.path("en").read_text(encoding="utf-8"))
    assert len(links) > 1
    assert [link for link in links if served_address(link, Wish("en")) is None] == []


def read(client: FlaskClient, path: str, **headers: str) -> Page:
    answer = client.get(path, headers={**BROWSER, **headers})
    assert (answer.status_code, answer.mimetype) == (200, "text/html"), path
    return Page(answer.text)


@pytest.mark.parametrize("path", [*PAGES, *MOMENTARY])
def test_a_page_keeps_out_whatever_is_not_from_this_server(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers=BROWSER)
    page = Page(answer.text)

    policy = answer.headers["Content-Security-Policy"]
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"} <= {
        *policy.split("; ")
    }
    assert "unsafe" not in policy
    assert page.inline == []
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    loaded = [
        *re.findall(r'<(?:script|img)[^>]* src="([^"]*)"', answer.text),
        *re.findall(r'<link[^>]* href="([^"]*)"', answer.text),
    ]
    assert [each for each in loaded if not each.startswith("/docs/assets/")] == []


def test_every_link_and_every_anchor_of_every_page_leads_somewhere(client: FlaskClient) -> None:
    pages: dict[str, Page | None] = {}
    waiting = [(path, path) for path in ("/", "/?lang=id")]
    broken, followed = [], 0
    while waiting:
        origin, link = waiting.pop()
        address = urlsplit(urljoin(HOST + origin, link))
        if f"{address.scheme}://{address.netloc}" != HOST:
            assert address.scheme == "https", f"{origin}: {link}"
            continue
        path, followed = address.path + (f"?{address.query}" if address.query else ""), followed + 1
        if path not in pages:
            answer = client.get(path, headers=BROWSER)
            pages[path] = Page(answer.text) if answer.mimetype == "text/html" else None
            broken += [f"{origin}: {link} is {answer.status_code}"] if answer.status_code != 200 else []
            waiting += [(path, each) for each in (pages[path].links if pages[path] else ())]
        page = pages[path]
        if page is not None and address.fragment and address.fragment not in page.anchors:
            broken.append(f"{origin}: no anchor {link}")

    assert broken == []
    assert followed > 300
    assert {urlsplit(each).path for each in PAGES} | {"/openapi.json", "/docs/examples/agency_site.php"} <= pages.keys()


@pytest.mark.parametrize("path", [*WRITTEN, *MOMENTARY])
def test_headings_stand_in_order_and_anchors_are_unique(client: FlaskClient, path: str) -> None:
    page = read(client, path)

    assert page.levels.count(1) == 1
    assert page.levels[0] == 1
    assert [(one, next_) for one, next_ in zip(page.levels, page.levels[1:], strict=False) if next_ > one + 1] == []
    assert len(page.anchors) == len({*page.anchors})
    assert "#main" in page.links


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_small_and_sent_compressed_and_only_once(client: FlaskClient, path: str) -> None:
    plain = client.get(path, headers=BROWSER)
    assert len(plain.data) < 200_000
    unpacked = {
        "br": brotli.decompress,
        "gzip": gzip.decompress,
        "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
    }
    for encoding, unpack in unpacked.items():
        answer = client.get(path, headers={**BROWSER, "Accept-Encoding": encoding})
        assert answer.headers["Content-Encoding"] == encoding
        assert unpack(answer.data) == plain.data
        assert len(answer.data) < 60_000
        assert answer.headers["ETag"] != plain.headers["ETag"]
        known = {**BROWSER, "Accept-Encoding": encoding, "If-None-Match": answer.headers["ETag"]}
        again = client.get(path, headers=known)
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", answer.headers["ETag"])
        assert again.headers["Vary"] == answer.headers["Vary"]
        assert {"Accept-Encoding"} <= {*answer.headers["Vary"].split(", ")}


@pytest.mark.parametrize("path", ["/docs/assets/swagger-ui-bundle.js", "/docs/assets/page.css", "/openapi.json"])
def test_files_of_pages_are_compressed_too(client: FlaskClient, path: str) -> None:
    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": "gzip, br"})

    assert packed.headers["Content-Encoding"] == "br"
    assert brotli.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2


def test_files_that_a_page_names_may_be_kept_for_ever(client: FlaskClient) -> None:
    for address in {link for path in PAGES for link in read(client, path).links if link.startswith("/docs/assets/")}:
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", address
        # While servers are updated one after the other, an old page may ask a new server for an old file.
        assert client.get(address[:-4] + "0000").headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("name", ["..%2Froutes.py", "oauth2-redirect.html", "routes.py", "%00"])
def test_no_other_file_is_served(client: FlaskClient, name: str) -> None:
    for folder in ("assets", "examples"):
        assert client.get(f"/docs/{folder}/{name}").status_code == 404


@pytest.mark.parametrize(
    "path", [*PAGES, *MOMENTARY, "/openapi.json", "/docs/nowhere", "/nowhere", "/docs/assets/nowhere"]
)
def test_head_answers_as_get_does(client: FlaskClient, path: str) -> None:
    got, head = client.get(path, headers=BROWSER), client.head(path, headers=BROWSER)

    assert (head.status_code, head.data) == (got.status_code, b"")
    assert all(
        head.headers.get(name) == got.headers.get(name) for name in ("Content-Type", "ETag", "Vary", "Cache-Control")
    )


def test_the_front_page_names_the_city_and_leads_on(app: Flask, client: FlaskClient) -> None:
    add_city(app)
    with app.app_context(), db.engine.connect() as connection:
        name = connection.execute(text("SELECT name FROM agencies WHERE slug = 'kota'")).scalar()
    answer = client.get("/", headers=BROWSER)

    assert answer.headers["Vary"] == "Accept-Encoding, Accept, Accept-Language"
    assert "built-in" not in answer.text
    assert {"/docs", "/docs/guide", "/docs/errors", "/docs/status", "/docs/guide#for-website-builders"} <= {
        *Page(answer.text).links
    }
    command = f"""curl -s -H "Authorization: Bearer $KEY" '{app.config["PUBLIC_URL"]}/v1/posts?limit=3'"""
    assert command in answer.text
    assert f'<span class="city">{name}</span>' in answer.text


def test_pages_speak_both_languages(client: FlaskClient) -> None:
    for path in ("/", "/docs/errors"):
        for language in ("en", "id"):
            by_address = client.get(f"{path}?lang={language}&fbclid=x", headers=BROWSER)
            by_browser = client.get(path, headers={**BROWSER, "Accept-Language": f"{language}, fr;q=0.5"})
            assert by_address.text.replace(f"?lang={language}", "") == by_browser.text.replace(f"?lang={language}", "")
            assert by_address.headers["Content-Language"] == language
            assert Page(by_address.text).language == language
        assert "Accept-Language" in by_browser.headers["Vary"]
    # A document without a translation is what it is, whatever was asked for; what stands around it speaks the language.
    for guide in (client.get("/docs/guide?lang=id"), client.get("/docs/guide", headers={"Accept-Language": "id"})):
        assert (Page(guide.text).language, guide.headers["Content-Language"]) == ("en", "en")
        assert ">Panduan</a>" in guide.text
        assert "(bahasa Inggris)" in guide.text
    assert read(client, "/?lang=xx").language == "en"


def test_a_program_is_told_where_to_go_on(client: FlaskClient) -> None:
    for accept in ("*/*", "application/json", ""):
        answer = client.get("/", headers={"Accept": accept})
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
        assert "Accept" in answer.headers["Vary"].split(", ")
        links = answer.json["links"]
        assert {urlsplit(each).path for each in links.values()} >= {"/docs/guide", "/openapi-delivery.json", "/readyz"}
        for link in links.values():
            path = urlsplit(link).path
            assert client.get(path, headers=BROWSER).status_code == (401 if path.startswith("/v1") else 200), link


@pytest.mark.parametrize("path", ["/nowhere", "/docs/nowhere", "/docs/examples/nowhere", "/docs/assets/nowhere"])
def test_a_browser_reads_an_error_and_a_program_parses_it(client: FlaskClient, path: str) -> None:
    told = client.get(path).json
    answer = client.get(path, headers={**BROWSER, "Accept-Language": "id"})

    assert (told["code"], told["status"]) == ("not_found", 404)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert Page(answer.text).language == "id"
    assert PROBLEMS["not_found"].title.id in answer.text
    assert cure_of("not_found", 404).id in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert "/docs/errors#not_found" in Page(answer.text).links
    assert answer.headers["Cache-Control"] == "no-store"
    assert {"Accept", "Accept-Language"} <= {*answer.headers["Vary"].split(", ")}
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_api_answers_browsers_as_it_answers_programs(client: FlaskClient) -> None:
    for path in ("/v1/nowhere", "/v1/posts", "/manage/v1/posts", "/manage", "/metrics?x=1"):
        assert client.get(path, headers=BROWSER).mimetype == "application/problem+json", path
    assert client.post("/", headers=BROWSER).mimetype == "application/problem+json"


def test_a_page_shows_the_address_of_its_own_server(environment: dict[str, str]) -> None:
    address = "https://api.kota.example/a&b"
    with second_app({**environment, "PUBLIC_URL": address}) as app:
        client = app.test_client()
        for path in WRITTEN:
            page = client.get(path, headers=BROWSER).text
            assert "localhost:8000" not in page, path
            assert "/a&b" not in page, path
        assert "https://api.kota.example/a&amp;b/v1/posts?limit=3" in client.get("/", headers=BROWSER).text
        assert (
            "https://api.kota.example/a&amp;b/docs/errors#invalid_parameter"
            in client.get("/docs/guide", headers=BROWSER).text
        )


def test_a_server_that_answers_without_a_key_asks_for_none(environment: dict[str, str]) -> None:
    with second_app({**environment, "DELIVERY_ANONYMOUS": "all"}) as app:
        page = app.test_client().get("/", headers=BROWSER).text
    assert "Bearer" not in page
    assert "/v1/posts?limit=3" in page


def test_pages_are_there_while_the_database_is_not(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context(), db.engine.connect().execution_options(writes=True) as connection:
        connection.execute(text("ALTER TABLE agencies RENAME TO agencies_away"))
        connection.commit()
        try:
            statuses = {path: client.get(path, headers=BROWSER).status_code for path in (*PAGES, *MOMENTARY)}
        finally:
            connection.execute(text("ALTER TABLE agencies_away RENAME TO agencies"))
            connection.commit()
    assert statuses == dict.fromkeys((*PAGES, *MOMENTARY), 200)


def test_every_error_has_its_place_with_status_cause_and_cure(client: FlaskClient) -> None:
    for language in ("en", "id"):
        answer = client.get(f"/docs/errors?lang={language}", headers=BROWSER)
        page = Page(answer.text)
        wanted = {*PROBLEMS, *(f"rule-{code}" for code in RULES), *(f"warning-{code}" for code in WARNINGS)}
        assert wanted - {*page.anchors} == set()
        told = dict(re.findall(r'<h3 id="(\w+)">.*?<dl>(.*?)</dl>', answer.text, re.DOTALL))
        for code in PROBLEMS:
            assert re.search(r"<dt>Status</dt><dd>\d{3}(, \d{3})*</dd>", told[code]), code
            assert re.fullmatch(r".*<dd>.+</dd>\s*<dt>[^<]+</dt><dd>.+</dd>\s*", told[code], re.DOTALL), code


def test_cures_are_of_codes_that_exist() -> None:
    assert CURES.keys() - PROBLEMS.keys() == set()


def test_the_guide_has_what_its_source_has(client: FlaskClient) -> None:
    for document in GUIDES.values():
        source = document.path("en").read_text(encoding="utf-8")
        html = client.get(f"/docs/{document.name}", headers=BROWSER).text
        assert html.count("<pre>") == len(re.findall(r"^ *```", source, re.MULTILINE)) / 2
        assert html.count("<table>") == len(re.findall(r"^\| ?-{3,}", source, re.MULTILINE))
        assert "```" not in html
        assert "&lt;!--" not in html


def test_examples_are_sent_as_text(client: FlaskClient) -> None:
    assert examples()
    for name, path in examples().items():
        answer = client.get(f"/docs/examples/{name}")
        assert (answer.content_type, answer.data) == ("text/plain; charset=utf-8", path.read_bytes())
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
