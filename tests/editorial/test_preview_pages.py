"""Preview links in a browser: a page for people, as closed as the answer for programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from cms.core.http.pages import PAGE_HEADERS
from cms.editorial.items.models import State
from cms.editorial.previews.page import WORDS
from tests.editorial.city import Caller, document, post

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
Callers = dict[str, Caller]
HOSTILE = {"title": "<script>alert(1)</script>", "summary": '"><img src=x onerror=alert(2)>'}


def address_of(caller: Caller, plural: str, content: dict[str, Any], **values: Any) -> str:
    """Where the link of a new draft leads."""
    made = caller("POST", plural, content)
    assert made.status_code == 201, made.json
    link = caller("POST", f"{plural}/{made.json['data']['id']}/previews", values)
    assert link.status_code == 201, link.json
    return urlsplit(link.json["data"]["url"]).path


def test_a_browser_gets_a_page_that_says_what_it_is_in_both_languages(client: FlaskClient, callers: Callers) -> None:
    address = address_of(callers["author"], "posts", post(summary="Ditutup sementara.", body="Teks **tebal**."), uses=3)

    answer = client.get(address, headers=BROWSER)

    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    for words in (
        "Pratinjau, belum terbit",
        "Preview, not published",
        "draf",
        "2026-12-01 09:00 (WITA)",
        "Sisa pembukaan: 2",
        "<h1>Penutupan Jalan MT Haryono</h1>",
        "Ditutup sementara.",
        "<strong>tebal</strong>",
        "Nama DPU",
        '<meta name="robots" content="noindex',
    ):
        assert words in answer.text, words


def test_the_page_is_kept_by_nobody_and_runs_nothing(client: FlaskClient, callers: Callers) -> None:
    answer = client.get(address_of(callers["author"], "posts", post(**HOSTILE)), headers=BROWSER)

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"].startswith("noindex")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "Accept" in answer.vary
    assert "Set-Cookie" not in answer.headers
    assert "ETag" not in answer.headers
    assert "<script" not in answer.text
    assert "<img" not in answer.text


def test_a_program_gets_json_and_both_say_that_it_depends_on_accept(client: FlaskClient, callers: Callers) -> None:
    address = address_of(callers["author"], "posts", post())
    for accept in ("*/*", "application/json"):
        answer = client.get(address, headers={"Accept": accept})
        assert (answer.mimetype, "Accept" in answer.vary) == ("application/json", True)
    unknown = client.get(f"{address}x", headers={"Accept": "application/json"})
    assert (unknown.status_code, unknown.mimetype) == (404, "application/problem+json")
    assert "Accept" in unknown.vary


def test_a_draft_of_which_nearly_everything_is_missing_has_a_page(client: FlaskClient, callers: Callers) -> None:
    for plural, content in (("posts", post(body=None)), ("documents", document(summary=None, holder=None))):
        assert client.get(address_of(callers["author"], plural, content), headers=BROWSER).status_code == 200


def test_opening_the_page_is_a_use_and_asking_for_its_headers_is_none(client: FlaskClient, callers: Callers) -> None:
    address = address_of(callers["author"], "posts", post(), uses=1)

    assert [client.head(address, headers=BROWSER).status_code for _ in range(2)] == [200, 200]
    assert [client.get(address, headers=BROWSER).status_code for _ in range(2)] == [200, 410]


@pytest.mark.parametrize(("language", "words"), [("id", "Pratinjau berakhir"), ("en", "Preview ended")])
def test_an_expired_link_is_a_page_that_says_what_to_do(
    client: FlaskClient, callers: Callers, moment: Any, language: str, words: str
) -> None:
    address = address_of(callers["author"], "posts", post(), expires_in=60)
    moment(timedelta(seconds=60))

    ended = client.get(address, headers={**BROWSER, "Accept-Language": language})

    assert (ended.status_code, ended.mimetype) == (410, "text/html")
    assert f"<h1>{words}</h1>" in ended.text
    assert "Penutupan" not in ended.text
    assert ended.headers["Cache-Control"] == "no-store"
    assert ended.headers["Referrer-Policy"] == PAGE_HEADERS["Referrer-Policy"]
    assert ended.headers["X-Robots-Tag"] == "noindex"
    assert {"Accept", "Accept-Language"} <= set(ended.vary)


def test_a_made_up_link_is_a_page_of_404(client: FlaskClient, callers: Callers) -> None:
    address = address_of(callers["author"], "posts", post())
    for asked in (f"{address}x", "/preview/posts/x.y.z", "/preview/nothing/x"):
        answer = client.get(asked, headers=BROWSER)
        assert (answer.status_code, answer.mimetype) == (404, "text/html"), asked


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_state_has_its_words(language: str) -> None:
    assert set(WORDS[language]["states"]) == set(State)


def test_only_what_readers_have_is_not_called_unpublished(client: FlaskClient, callers: Callers) -> None:
    made = callers["author"]("POST", "posts", post()).json["data"]
    path = f"posts/{made['id']}"
    callers["editor"]("POST", f"{path}/publish", {}, match='"v1"')
    address = urlsplit(callers["author"]("POST", f"{path}/previews", {}).json["data"]["url"]).path

    assert "belum terbit" not in client.get(address, headers=BROWSER).text
    callers["author"]("PATCH", path, {"title": "Judul baru"}, match='"v2"')
    assert "Pratinjau, belum terbit" in client.get(address, headers=BROWSER).text
