"""Every text field of every operation: what is too much is refused before anything is computed on it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import orjson
import pytest
from flask import Flask
from marshmallow import Schema, fields
from werkzeug.test import Client

from cms.accounts.schemas import Password
from cms.agencies.fields import AddressTemplates
from cms.core.bounded_text import LONGEST_MARK_RUN, has_long_mark_run
from cms.core.http.fields import Choice, Day, ItemId, Moment, Text, Words
from cms.core.http.json_input import parse_json
from cms.core.http.request_head import ALL_HEADERS, LONGEST_HEADER, LONGEST_PATH, LONGEST_QUERY
from cms.documents.file_schemas import FileFieldsSchema
from cms.editorial.schedules.schemas import ZonedMoment
from cms.media.schemas import ImageFieldsSchema
from cms.serving.content_parameters import Anything
from cms.serving.parameters import Names
from tests.core.hostile import EVERY
from tests.core.processor_time import takes_at_most, was_refused

LOGIN = "/manage/v1/auth/login"
REFUSED_SECONDS = 0.05
LARGEST_BODY = 900_000
# Of one kind each: what is read as text. `Raw` is the body of an operation of a batch, which is read by the operation's own schema.
BOUNDED = (Text, Password, Choice, ItemId, Moment, ZonedMoment, Day, Words, Names, Anything, AddressTemplates)
READ_LATER = {"BatchSchema.operations.body"}
UPLOADS = (ImageFieldsSchema, FileFieldsSchema)


def schemas_of(app: Flask) -> Iterator[Schema]:
    """Everything that reads input: of every route, and of uploads, which are read as a stream."""
    yield from (schema() for schema in UPLOADS)
    for view in app.view_functions.values():
        described = getattr(view, "_apidoc", {}).get("arguments", {})
        yield from (parameter["schema"] for parameter in described.get("parameters", ()) if "schema" in parameter)


def text_fields(schema: Schema, path: str = "") -> Iterator[tuple[str, fields.Field[Any]]]:
    """Each field that can get text, with where it stands; those inside lists and objects too."""
    for name, field in schema.load_fields.items():
        yield from _inside(field, f"{path or type(schema).__name__}.{name}")


def _inside(field: fields.Field[Any], path: str) -> Iterator[tuple[str, fields.Field[Any]]]:
    if isinstance(field, fields.Nested):
        yield from text_fields(field.schema, path)
    elif isinstance(field, fields.List):
        yield from _inside(field.inner, path)
        yield f"{path}[]", field
    elif not isinstance(field, fields.Boolean | fields.Integer):
        yield path, field


@pytest.fixture
def every_field(app: Flask) -> dict[str, fields.Field[Any]]:
    return {
        path: field for schema in schemas_of(app) if isinstance(schema, Schema) for path, field in text_fields(schema)
    }


def test_every_text_comes_through_a_field_with_a_bound(every_field: Mapping[str, fields.Field[Any]]) -> None:
    unbounded = {
        path
        for path, field in every_field.items()
        if not isinstance(field, (*BOUNDED, fields.List)) and path not in READ_LATER
    }

    assert len(every_field) > 100
    assert unbounded == set()


@pytest.mark.parametrize("name", EVERY)
def test_every_field_refuses_far_too_much_at_once(
    context: None, every_field: Mapping[str, fields.Field[Any]], name: str
) -> None:
    text = EVERY[name](LARGEST_BODY)
    slow = {
        path
        for path, field in every_field.items()
        if path not in READ_LATER and not takes_at_most(REFUSED_SECONDS, partial(_refused, field, text))
    }

    assert slow == set()


def _refused(field: fields.Field[Any], text: str) -> None:
    assert was_refused(lambda: field.deserialize(text))


@pytest.mark.parametrize("run", [LONGEST_MARK_RUN, LONGEST_MARK_RUN + 1])
def test_a_run_of_marks_is_refused_from_the_bound_on(run: int) -> None:
    for mark in ("\u0301", "\u0591", "\u0f73", "\uff9e", "\U0001d165"):
        assert has_long_mark_run("a" + mark * run) is (run > LONGEST_MARK_RUN)
        assert was_refused(lambda text="a" + mark * run: Text(max=100).deserialize(text)) is (run > LONGEST_MARK_RUN)


def test_everything_that_normalising_reorders_counts_as_a_mark() -> None:
    missed = [
        hex(code)
        for code in range(0x110000)
        if all(map(unicodedata.combining, unicodedata.normalize("NFKD", chr(code))))
        and not has_long_mark_run(chr(code) * (LONGEST_MARK_RUN + 1))
    ]

    assert missed == []


def signed_in(app: Flask, body: bytes) -> int:
    """Status of a sign-in; without the client that compares answers with the OpenAPI document, whose time is not the server's."""
    return Client(app).post(LOGIN, data=body, content_type="application/json").status_code


@pytest.mark.parametrize("field", ["email", "password", "device_token"])
@pytest.mark.parametrize(
    "name", ["combining marks", "letters that become eighteen", "one long word", "marks out of order"]
)
def test_no_sign_in_stops_the_process(app: Flask, field: str, name: str) -> None:
    given = {"email": "siti@balikpapan.example", "password": "x" * 20, field: EVERY[name](250_000)}
    body = orjson.dumps(given)

    assert signed_in(app, body) == 422
    assert takes_at_most(REFUSED_SECONDS, lambda: signed_in(app, body))


@pytest.mark.parametrize(
    "body",
    [
        b"[" * LARGEST_BODY,
        b"[" + b"1," * (LARGEST_BODY // 2) + b"1]",
        b"[" + b"{}," * (LARGEST_BODY // 3) + b"{}]",
        b"[" + b'"a",' * (LARGEST_BODY // 4) + b'"a"]',
        b'{"a":' * (LARGEST_BODY // 5),
        b"{" + b",".join(b'"%d":1' % number for number in range(LARGEST_BODY // 10)) + b"}",
        b'{"a":' + b"9" * LARGEST_BODY + b"}",
        b'{"a":0.' + b"9" * LARGEST_BODY + b"}",
        b'{"a":1e' + b"9" * LARGEST_BODY + b"}",
        b'"' + b"\\u0301" * (LARGEST_BODY // 6) + b'"',
        b'"' + b"\\" * LARGEST_BODY,
    ],
    ids=lambda body: body[:12].decode(),
)
def test_no_json_stops_the_process(app: Flask, body: bytes) -> None:
    assert signed_in(app, body) in (400, 422)
    assert takes_at_most(REFUSED_SECONDS, lambda: parse_json(body))
    assert takes_at_most(REFUSED_SECONDS, lambda: signed_in(app, body))


def test_a_body_with_thousands_of_faults_is_refused_at_once_and_names_some(app: Flask) -> None:
    body = orjson.dumps({f"feld{number}": 1 for number in range(4_900)})
    answer = Client(app).post(LOGIN, data=body, content_type="application/json")

    assert (answer.status_code, answer.json["code"], len(answer.json["errors"])) == (400, "unknown_field", 50)  # type: ignore[index]
    assert takes_at_most(REFUSED_SECONDS, lambda: signed_in(app, body))


def test_a_list_that_is_far_too_long_is_not_read(every_field: Mapping[str, fields.Field[Any]]) -> None:
    lists = {path: field for path, field in every_field.items() if isinstance(field, fields.List)}
    entries: list[Any] = [{}] * 9_990
    slow = {
        path for path, field in lists.items() if not takes_at_most(REFUSED_SECONDS, partial(field.deserialize, entries))
    }

    assert len(lists) > 10
    assert slow == set()


def _with_header(value: str) -> dict[str, Any]:
    return {"headers": {"X-Anything": value}}


@pytest.mark.parametrize(
    ("path", "more", "status", "code"),
    [
        ("/v1/posts?q=" + "a" * LONGEST_QUERY, {}, 414, "uri_too_long"),
        ("/v1/" + "a" * LONGEST_PATH, {}, 414, "uri_too_long"),
        ("/v1/posts", _with_header("a" * LONGEST_HEADER), 431, "headers_too_large"),
        ("/v1/posts", {"headers": {f"X-{number}": "a" * 8_000 for number in range(ALL_HEADERS // 8_000 + 1)}}, 431, "headers_too_large"),
        ("/manage/v1/posts", {"headers": {"Authorization": "Bearer " + "a" * LONGEST_HEADER}}, 431, "headers_too_large"),
    ],
    ids=["query", "path", "one header", "all headers", "token"],
)  # fmt: skip
def test_what_stands_before_a_body_is_bounded_too(
    app: Flask, path: str, more: Mapping[str, Any], status: int, code: str
) -> None:
    answer = Client(app).get(path, **more)

    assert (answer.status_code, answer.json["code"]) == (status, code)  # type: ignore[index]
    assert answer.headers["X-Request-Id"] == answer.json["request_id"]  # type: ignore[index]
    assert takes_at_most(REFUSED_SECONDS, lambda: Client(app).get(path, **more))


HEADERS = (
    "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Content-Type", "Cookie", "Forwarded", "Host", "Idempotency-Key",
    "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Min-Seq", "Origin", "Range", "User-Agent",
    "X-Forwarded-For", "X-Forwarded-Proto", "X-Request-Id",
)  # fmt: skip
HEADER_PIECES = (
    "a,",
    "a;",
    "a=",
    '"a",',
    "a ",
    "en;q=0.1,",
    "bytes=0-1,",
    '"',
    "\\",
    "=?",
    "a;b*0=",
    "\u00e9",
    "1",
    "-",
)


@pytest.mark.parametrize("path", ["/v1/posts", "/manage/v1/posts", "/healthz", LOGIN])
@pytest.mark.parametrize("header", HEADERS)
def test_no_header_stops_the_process(app: Flask, path: str, header: str) -> None:
    def asked(value: str) -> Callable[[], object]:
        return lambda: Client(app).open(path, method="POST" if path == LOGIN else "GET", headers={header: value})

    slow = [piece for piece in HEADER_PIECES if not takes_at_most(REFUSED_SECONDS, asked((piece * 8_000)[:8_000]))]

    assert slow == []
