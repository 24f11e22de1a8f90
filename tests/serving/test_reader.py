"""What a reader gets from `cms.serving` without a line of its own: keys, tags, cursors, and answers that are kept."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from cms.application import create_app
from cms.consumers.models import Scope
from cms.core.http.access import check_declarations
from config import Settings
from tests.conftest import counted_statements
from tests.factories import add_agencies, add_published_post
from tests.people import Caller, People
from tests.serving import headlines

PATH = "/v1/headlines"


@pytest.fixture
def reader_app(app: Flask, environment: dict[str, str]) -> Iterator[Flask]:
    """An application with one reader more, on the database of `app`."""
    made = create_app(Settings.from_environ(environment))
    made.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True)
    # Not through the API registry: the OpenAPI document, which all applications of a process share, knows nothing of it.
    made.register_blueprint(headlines.blp)
    check_declarations(made)
    yield made
    made.extensions["simpul"].reader.close_connections()


@pytest.fixture
def posts(app: Flask, city: None) -> list[str]:
    """The titles of five posts of two agencies."""
    add_agencies(app, "dishub")
    titles = [f"Judul {number}" for number in range(5)]
    for number, title in enumerate(titles):
        add_published_post(app, title=title, agency=("dpu", "dishub")[number % 2])
    return titles


def reads(reader_app: Flask, caller: Caller) -> Caller:
    """The same caller at the application with the reader."""
    return Caller(reader_app.test_client(), caller.token)


def shown(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    titles: list[str] = answer.json["data"]
    return titles


def test_it_stands_on_serving_and_what_lies_below() -> None:
    """That serving knows no reader itself holds the contract `features` in pyproject.toml."""
    tree = ast.parse(Path(headlines.__file__).read_text(encoding="utf-8"))
    names = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    features = {name.split(".")[1] for name in names if name.startswith("cms.")}
    assert features == {"core", "publishing", "serving"}
    view = next(node for node in tree.body if isinstance(node, ast.FunctionDef))
    assert (view.end_lineno or 0) - view.decorator_list[0].lineno < 20


@pytest.mark.usefixtures("posts")
def test_keys_and_scopes_are_checked(reader_app: Flask, people: People) -> None:
    stranger = Caller(reader_app.test_client(), "smp_" + "0" * 40)
    files_only = reads(reader_app, people.website(scopes=[Scope.FILES_READ]))

    assert reader_app.test_client().get(PATH).status_code == 401
    assert stranger.get(PATH).status_code == 401
    assert files_only.get(PATH).status_code == 403
    assert reads(reader_app, people.website()).get(f"{PATH}?colour=red").status_code == 400


def test_a_key_sees_what_its_agencies_have(reader_app: Flask, people: People, posts: list[str]) -> None:
    assert shown(reads(reader_app, people.website()).get(PATH)) == posts
    assert shown(reads(reader_app, people.website(agencies=["dishub"])).get(PATH)) == posts[1::2]


def test_a_tag_holds_until_something_is_published(
    app: Flask, reader_app: Flask, people: People, posts: list[str]
) -> None:
    site = reads(reader_app, people.website())
    first = site.get(PATH)
    again = site.get(PATH, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")

    add_published_post(app, title="Baru")
    fresh = site.get(PATH, headers={"If-None-Match": first.headers["ETag"]})
    assert shown(fresh) == [*posts, "Baru"]
    assert fresh.headers["Cache-Groups"] == '"posts"'


def test_cursors_lead_through_the_list_and_belong_to_it_alone(
    reader_app: Flask, people: People, posts: list[str]
) -> None:
    site, limited = reads(reader_app, people.website()), reads(reader_app, people.website(agencies=["dpu"]))
    found, address = [], f"{PATH}?limit=2"
    while address is not None:
        answer = site.get(address)
        found += shown(answer)
        address = answer.json["links"]["next"]
    assert found == posts

    following = site.get(f"{PATH}?limit=2").json["links"]["next"]
    assert limited.get(following).json["code"] == "invalid_cursor"
    assert site.get(following.replace("/v1/headlines", "/v1/posts")).json["code"] == "invalid_cursor"


def test_a_repeated_answer_comes_from_memory_and_a_stale_one_is_made_anew(
    app: Flask, reader_app: Flask, people: People, posts: list[str]
) -> None:
    site = reads(reader_app, people.website())

    def statements() -> tuple[list[str], int]:
        reader_app.extensions["simpul_delivery"].remembered.forget()
        with counted_statements(reader_app) as counted:
            titles = shown(site.get(PATH))
        return titles, len(counted)

    site.get(PATH)
    assert statements() == (posts, 1)
    add_published_post(app, title="Baru")
    # The heads that told that the kept answer is stale, and the page.
    assert statements() == ([*posts, "Baru"], 2)
    assert statements() == ([*posts, "Baru"], 1)
