"""Every error of every address is problem+json, names what is wrong, and hostile input is never a fault of the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cms.core.http.messages import PROBLEMS, RULES, collected
from cms.core.permissions import Role
from tests.conftest import second_app
from tests.factories import add_post, post_content
from tests.people import People

LOGIN = "/manage/v1/auth/login"
POSTS = "/manage/v1/posts"
SIGN_IN = {"email": "siti@balikpapan.example", "password": "x"}


def nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


@pytest.mark.parametrize(
    ("verb", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/manage/v1/nowhere", 404, "not_found"),
        ("GET", "//v1/posts", 404, "not_found"),
        ("GET", "/%ff%00", 404, "not_found"),
        ("GET", "/v1/nowhere", 401, "unauthenticated"),
        ("GET", "/manage/v1/posts", 401, "unauthenticated"),
        ("DELETE", LOGIN, 405, "method_not_allowed"),
        ("TRACE", "/healthz", 405, "method_not_allowed"),
        ("BREW", "/healthz", 405, "method_not_allowed"),
        ("GET", "/healthz?verbose=1", 400, "invalid_parameter"),
    ],
)
def test_addresses_and_methods_that_do_not_exist(
    client: FlaskClient, verb: str, path: str, status: int, code: str
) -> None:
    answer = client.open(path, method=verb)

    assert (answer.status_code, answer.json["code"]) == (status, code)  # type: ignore[index]
    assert answer.headers["Cache-Control"] == "no-store"
    assert ("Allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    "header", ["Basic c2l0aTp4", "Bearer", "Bearer ", "Bearer a b", "bearer x", f"Bearer {'x' * 5000}", "x"]
)
@pytest.mark.parametrize("path", ["/v1/posts", "/v1/nowhere", "/manage/v1/me", "/manage/v1/nowhere"])
def test_a_token_that_is_not_valid_is_refused_at_every_address_of_its_plane(
    client: FlaskClient, path: str, header: str
) -> None:
    answer = client.get(path, headers={"Authorization": header})

    assert (answer.status_code, answer.json["code"]) == (401, "invalid_token")  # type: ignore[index]
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "line 1 column"),
        (b'{"email": "a", "email": "b"}', "same name twice"),
        (b'{"email": "\\ud800", "password": "x"}', "a lone surrogate (U+D800 at character 1 of /email)"),
        (b'{"email": "\\u0000", "password": "x"}', "U+0000 at character 1 of /email"),
        (b'{"email": 1e400}', "out of range"),
        (b'{"email": ' + b"9" * 31 + b"}", "beyond 2^53"),
        (b'{"email": ' + b"9" * 100_000 + b"}", "beyond 2^53"),
        (b"NaN", "NaN"),
        (b"\xff\xfe{}", "UTF-8"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (nested(40).encode(), "deeper"),
        (nested(100_000).encode(), "deeper"),
        (b"[" * 400_000, "deeper"),
        (b"[" + b"1," * 20_000 + b"1]", "more than"),
    ],
    ids=lambda value: f"{str(value)[:30]} ({len(value)})",
)
def test_json_that_others_read_differently_is_refused_with_the_reason(
    client: FlaskClient, body: bytes, reason: str
) -> None:
    answer = client.post(LOGIN, data=body, content_type="application/json")

    assert (answer.status_code, answer.json["code"]) == (400, "malformed_json")  # type: ignore[index]
    assert reason in answer.json["detail"]  # type: ignore[index]


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_another_media_type_is_refused_and_the_right_one_named(client: FlaskClient, content_type: str) -> None:
    answer = client.post(LOGIN, data=json.dumps(SIGN_IN), content_type=content_type)

    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")  # type: ignore[index]
    assert "application/json" in answer.json["detail"]  # type: ignore[index]


def test_a_body_beyond_the_limit_is_refused_and_the_limit_named(client: FlaskClient) -> None:
    answer = client.post(LOGIN, data=b"x" * 1_000_001, content_type="application/json")

    assert (answer.status_code, answer.json["code"]) == (413, "too_large")  # type: ignore[index]
    assert "1000000" in answer.json["detail"]  # type: ignore[index]


@pytest.mark.parametrize("body", ["[]", '"x"', "1", "null", "true"])
def test_a_body_that_is_no_object_is_not_valid(client: FlaskClient, body: str) -> None:
    answer = client.post(LOGIN, data=body, content_type="application/json")

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_content")  # type: ignore[index]


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("fields", "status", "pointer", "code"),
    [
        ({"judul": "x"}, 400, "/judul", "unknown_field"),
        ({"credit": {"unit": "dpu", "pangkat": 1}}, 400, "/credit/pangkat", "unknown_field"),
        ({"a/b~c": 1}, 400, "/a~1b~0c", "unknown_field"),
        ({"state": "published"}, 400, "/state", "unknown_field"),
        ({"title": 7}, 422, "/title", "wrong_type"),
        ({"title": "x" * 301}, 422, "/title", "too_long"),
        ({"title": "a\u202eb"}, 422, "/title", "bad_characters"),
        ({"title": "a\ufdd0b"}, 422, "/title", "bad_characters"),
        ({"title": "\U0001f6a7 a\U0010ffffb"}, 422, "/title", "bad_characters"),
        ({"kind": "iklan"}, 422, "/kind", "not_allowed"),
        ({"tags": "x"}, 422, "/tags", "wrong_type"),
        ({"areas": ["99"]}, 422, "/areas/0", "not_found"),
        ({"body": "[x](javascript:alert(1))"}, 422, "/body", "unsafe_link"),
    ],
)
def test_a_faulty_field_is_named_with_its_rule_and_nothing_is_kept(
    app: Flask, people: People, fields: dict[str, Any], status: int, pointer: str, code: str
) -> None:
    author = people.person(Role.AUTHOR, "dpu")

    answer = author.post(POSTS, post_content(**fields))

    assert answer.status_code == status
    assert [(each["pointer"], each["code"]) for each in answer.json["errors"]] == [(pointer, code)]  # type: ignore[index]
    assert author.get(POSTS).json["data"] == []  # type: ignore[index]


@pytest.mark.usefixtures("city")
def test_a_character_that_nobody_sees_is_named_with_its_place_or_leaves_no_trace(people: People) -> None:
    author = people.person(Role.AUTHOR, "dpu")
    refused = author.post(POSTS, post_content(title="Wali\u202ekota"))
    pasted = author.post(
        POSTS, post_content(title="\u200eWali\u200b\u2028Kota\ufeff", body="<p dir=ltr>Isi", body_format="html")
    )

    assert "U+202E at character 5" in refused.json["errors"][0]["detail"]  # type: ignore[index]
    assert (pasted.status_code, pasted.json["data"]["title"]) == (201, "Wali Kota")  # type: ignore[index]
    assert "warnings" not in pasted.json["meta"]  # type: ignore[index]


@pytest.mark.usefixtures("city")
def test_all_faults_are_told_at_once(people: People) -> None:
    answer = people.person(Role.AUTHOR, "dpu").post(POSTS, {"title": "", "kind": 1, "tags": [1]})

    assert {each["pointer"] for each in answer.json["errors"]} >= {"/title", "/kind", "/tags/0", "/agency"}  # type: ignore[index]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=1.5",
        "limit=x",
        "limit=-1",
        "limit=",
        "limit=1&limit=2",
        "cursor=x",
        "nix=1",
        "%00=1",
        "limit=%ff",
        f"limit={'9' * 30}",
    ],
)
def test_a_bad_parameter_is_named(people: People, query: str) -> None:
    answer = people.person(Role.ADMIN).get(f"/manage/v1/users?{query}")

    assert answer.status_code == 400
    assert answer.json["code"] in {"invalid_parameter", "invalid_cursor"}  # type: ignore[index]
    assert "parameter" in answer.json["errors"][0]  # type: ignore[index]


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("header", "status"),
    [
        ('"v2"', 412),
        ("v2", 412),
        ("*", 400),
        ('"v' + "9" * 30 + '"', 400),
        ("", 400),
        ('"v1', 400),
        ("\x7f", 400),
        ('"x", "v1"', 400),
    ],
)
def test_a_condition_that_does_not_name_the_version_changes_nothing(
    app: Flask, people: People, header: str, status: int
) -> None:
    item, central = add_post(app), people.person(Role.CENTRAL_EDITOR)
    answer = central("PATCH", f"{POSTS}/{item.id}", match=header, json={"title": "Lain"})

    assert answer.status_code == status
    if status == 412:
        assert answer.json["current_etag"] == answer.headers["ETag"] == '"v1"'  # type: ignore[index]
    else:
        assert answer.json["errors"][0]["header"] == "If-Match"  # type: ignore[index]
    assert central.get(f"{POSTS}/{item.id}").json["data"]["version"] == "v1"  # type: ignore[index]


@pytest.mark.parametrize(
    "item_id", ["x", "1", "../etc", "%00", "0" * 500, "019ac1a0-7c00-7000-8000-000000000001", "%F0%9F%92%A9"]
)
def test_an_id_that_names_nothing_is_not_found(people: People, item_id: str) -> None:
    for path in (f"{POSTS}/{item_id}", f"/manage/v1/documents/{item_id}"):
        assert people.person(Role.CENTRAL_EDITOR).get(path).status_code == 404
    assert people.website().get(f"/v1/posts/{item_id}").status_code == 404


@pytest.mark.parametrize("asked", ["id", "id-ID", "id;q=0.9, en;q=0.1", "ID"])
def test_errors_speak_indonesian_to_those_who_ask(client: FlaskClient, asked: str) -> None:
    answer = client.post(LOGIN, json={"password": ""}, headers={"Accept-Language": asked})

    assert answer.headers["Content-Language"] == "id"
    assert answer.json["title"] == PROBLEMS["invalid_content"].title.id  # type: ignore[index]
    assert "wajib" in str(answer.json["errors"]).lower()  # type: ignore[index]
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("asked", ["", "en", "fr", "*", "de, id;q=0", "\x00", "x" * 5000])
def test_errors_speak_english_to_all_others(client: FlaskClient, asked: str) -> None:
    answer = client.get("/nowhere", headers={"Accept-Language": asked})

    assert answer.headers["Content-Language"] == "en"


def test_a_code_stands_in_one_file_only() -> None:
    """The tables are put together when the application starts: a second one with the same code would hide the first."""
    table = {"gone": PROBLEMS["gone"]}

    with pytest.raises(ValueError, match="gone"):
        collected(table, table)


def test_both_languages_have_the_same_holes_in_every_text() -> None:
    texts = [part for problem in PROBLEMS.values() for part in (problem.title, problem.detail)] + list(RULES.values())
    holes = [(text.en, _holes(text.en), _holes(text.id)) for text in texts]

    assert [each for each in holes if each[1] != each[2]] == []
    assert [text for text in texts if not text.id.strip() and text.en.strip()] == []


def _holes(text: str) -> set[str]:
    return {part.split("}")[0] for part in text.split("{")[1:]}


def test_a_request_id_of_the_caller_comes_back_when_it_is_harmless(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": "abc-123"}).headers["X-Request-Id"] == "abc-123"
    for hostile in ("a" * 65, "a b", "<x>", "\x1b[31m", ""):
        assert client.get("/nowhere", headers={"X-Request-Id": hostile}).headers["X-Request-Id"] != hostile


@pytest.fixture
def strict_client(app: Flask, environment: dict[str, str]) -> Iterator[FlaskClient]:
    """A server that knows its own names."""
    with second_app({**environment, "TRUSTED_HOSTS": "cms.balikpapan.example"}) as other:
        yield other.test_client()


def test_a_foreign_host_name_is_refused_and_never_comes_back(strict_client: FlaskClient) -> None:
    good = strict_client.get("/healthz", headers={"Host": "cms.balikpapan.example"})
    bad = strict_client.get("/nowhere", headers={"Host": "evil.example"})

    assert good.status_code == 200
    assert bad.status_code == 400
    assert bad.json["code"] == "untrusted_host"  # type: ignore[index]
    assert "evil" not in bad.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/v1/posts", "/v1/documents/x/files/y", "/manage/v1/posts", "/docs"])
def test_a_foreign_host_name_is_refused_before_anybody_is_asked_for_a_token(
    strict_client: FlaskClient, path: str
) -> None:
    bad = strict_client.get(path, headers={"Host": "evil.example"})

    assert (bad.status_code, bad.json["code"]) == (400, "untrusted_host")  # type: ignore[index]


def test_a_packed_body_is_refused_by_its_coding(client: FlaskClient) -> None:
    packed = client.post(
        LOGIN, data=b"\x1f\x8b\x08", content_type="application/json", headers={"Content-Encoding": "gzip"}
    )

    assert (packed.status_code, packed.json["code"]) == (415, "unsupported_media_type")  # type: ignore[index]


def test_links_are_made_from_the_public_address_not_from_the_host(client: FlaskClient, people: People) -> None:
    answer = people.person(Role.ADMIN).get(
        "/manage/v1/users", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    )

    assert answer.json["links"]["self"].startswith("http://localhost/")  # type: ignore[index]
