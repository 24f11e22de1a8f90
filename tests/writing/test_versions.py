"""`If-Match` and `version`: every spelling that a version arrives in, `*` where nothing can be lost, and versions in every body and row."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from cms.core.errors import BadRequest
from cms.core.http.conditional import expected_version
from cms.core.permissions import Role
from config import PROJECT_ROOT
from tests.access.rows import Row
from tests.access.world import World
from tests.factories import add_key, add_post
from tests.people import People
from tests.writing.test_rehearsals import WRITES, first_allowed

DOCUMENT = json.loads((PROJECT_ROOT / "docs/openapi.json").read_text())
SPELLINGS = ['"v{}"', 'W/"v{}"', "v{}", '"v{}-gzip"', 'W/"v{}-gzip"', '"v{}-br"', '"v{}-zstd"', '"v{}-deflate"']
# An item of one kind of list, by its address, and who may read it.
ROWS: dict[str, tuple[str, Callable[[World], str]]] = {
    "/posts": ("central", lambda world: world.item("post", "changed").id),
    "/documents": ("central", lambda world: world.item("document", "published").id),
    "/media": ("central", lambda world: str(world.image()["id"])),
    "/releases": ("central", World.release),
    "/agencies": ("admin", World.agency),
    "/categories": ("admin", World.category),
    "/users": ("admin", World.person),
    "/consumers": ("admin", World.consumer),
}


def operation(row: Row) -> dict[str, Any]:
    """The documented operation of a row."""
    path = re.sub("<(?:[a-z]+:)?([a-z_]+)>", r"{\1}", row.rule)
    found: dict[str, Any] = DOCUMENT["paths"][path][row.verb.lower()]
    return found


def pattern_of(row: Row) -> str:
    """What the document says of If-Match."""
    given = {each["name"]: each["schema"]["pattern"] for each in operation(row)["parameters"] if each["in"] == "header" and "pattern" in each["schema"]}  # fmt: skip
    return str(given["If-Match"])


VERSIONED = [
    row
    for row in WRITES
    if "428" in operation(row)["responses"] and row.verb != "PUT" and row.statuses[first_allowed(row)[0]] < 300
]


def test_there_is_something_to_be_tested() -> None:
    assert len(VERSIONED) > 30
    assert len({row.name for row in VERSIONED if r"\*" in pattern_of(row)}) > 10


@pytest.mark.parametrize("row", VERSIONED, ids=lambda row: row.name)
def test_each_change_takes_a_bare_version_and_a_star_exactly_where_the_document_says_so(
    app: Flask, client: FlaskClient, row: Row
) -> None:
    world = World(app, client)
    who, status = first_allowed(row)
    caller, sent = world.callers[who], row.ask(world, who)

    anything = caller(row.verb, sent.path, match="*", **sent.arguments)
    if re.fullmatch(pattern_of(row), "*"):
        assert anything.status_code == status, anything.json
        sent = row.ask(world, who)
    else:
        assert anything.status_code == 400, anything.json
        assert [(each["header"], each["code"]) for each in anything.json["errors"]] == [("If-Match", "version_needed")]  # type: ignore[index]

    answer = caller(row.verb, sent.path, match=f"v{sent.match}", **sent.arguments)
    assert answer.status_code == status, answer.json
    if answer.is_json and "ETag" in answer.headers and row.verb != "DELETE":
        assert f'"{answer.json["data"]["version"]}"' == answer.headers["ETag"]  # type: ignore[index]


@pytest.mark.parametrize("path", ROWS)
def test_rows_have_the_version_that_a_change_must_name(app: Flask, client: FlaskClient, path: str) -> None:
    world, (who, make) = World(app, client), ROWS[path]
    made = make(world)

    listed = world.callers[who].get(f"/manage/v1{path}?limit=100").json["data"]  # type: ignore[index]
    (row,) = [each for each in listed if made in (each.get("id"), each.get("slug"))]
    single = world.callers[who].get(f"/manage/v1{path}/{made}")

    assert single.json is not None
    assert f'"{row["version"]}"' == f'"{single.json["data"]["version"]}"' == single.headers["ETag"]


def test_entries_of_the_work_list_keys_and_files_have_versions_too(app: Flask, client: FlaskClient) -> None:
    world = World(app, client)
    item, central, admin = world.item("post", "in_review"), world.callers["central"], world.callers["admin"]
    (entry,) = central.get("/manage/v1/reviews").json["data"]  # type: ignore[index]
    assert central.post(f"/manage/v1/posts/{item.id}/approve", {}, match=entry["version"]).status_code == 200

    keys = f"/manage/v1/consumers/{(consumer := world.consumer())}/keys"
    add_key(app, consumer)
    (key,) = admin.get(keys).json["data"]  # type: ignore[index]
    assert admin("DELETE", f"{keys}/{key['id']}", match=key["version"]).status_code == 204

    document, file, version = world.document_with_file()
    shown = central.get(f"/manage/v1/documents/{document}").json["data"]  # type: ignore[index]
    assert shown["version"] == f"v{version}"
    removed = central("DELETE", f"/manage/v1/documents/{document}/files/{file}", match=shown["version"])
    assert removed.status_code == 204


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_version_is_known_in_each_spelling_that_a_proxy_makes_of_it(
    app: Flask, people: People, spelling: str
) -> None:
    editor, item = people.person(Role.AGENCY_EDITOR, "dpu"), add_post(app)
    path = f"/manage/v1/posts/{item.id}"

    assert editor("PATCH", path, match=spelling.format(1), json={"title": "Satu"}).status_code == 200
    stale = editor("PATCH", path, match=spelling.format(1), json={"title": "Dua"})
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"v2"')
    either = f'"v1", {spelling.format(2)}'
    assert editor("PATCH", path, match=either, json={"title": "Tiga"}).status_code == 200


NO_VERSION = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20).filter(
    lambda text: not any(re.fullmatch(r'(W/)?"v\d+(-[a-z]+)?"|v\d+', part.strip()) for part in text.split(","))
)


@given(version=st.integers(0, 10**12 - 1), spelling=st.sampled_from(SPELLINGS), other=NO_VERSION)
def test_what_is_no_version_is_refused_and_names_the_header(
    migrated_app: Flask, version: int, spelling: str, other: str
) -> None:
    written = spelling.format(version)
    with migrated_app.test_request_context(headers={"If-Match": f" {written} "}):
        assert expected_version() == frozenset({version})
    for header in (other, f"{written},{other}", f"{other}, {written}", f'"v{version}x"', f'"{version}"', f"V{version}"):
        with migrated_app.test_request_context(headers={"If-Match": header}), pytest.raises(BadRequest) as refused:
            expected_version()
        assert [(each.place, each.name) for each in refused.value.errors] == [("header", "If-Match")]
