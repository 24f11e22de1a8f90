"""The examples of the README and of the API guide answer as they stand: every curl command and every address in PHP and JavaScript.

The commands are read from the pages and sent to the application in their order, so `$ID` of one is used by the next.
"""

from __future__ import annotations

import http.client
import json
import re
import shlex
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from string import Template
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from cms.core import clock
from cms.core.permissions import Role
from config import PROJECT_ROOT
from tests.factories import add_areas, add_published_document, add_published_post
from tests.media.pictures import encoded, picture
from tests.people import People
from tests.search.searching import follow
from tests.streams.conftest import serving

PAGES = ("README.md", "README.id.md", "docs/api.md")
SERVER = "http://localhost:8000"
UPLOADED_IMAGE = encoded(picture(640, 480), "PNG")
UPLOADED = b"bulan,meter\nOktober,1250\n"
# What the demonstration city has and an example asks for by its address.
SHOWN_TITLE = "Penutupan Sebagian Jalan MT Haryono untuk Pemasangan Box Culvert"
_FENCE = re.compile(r"^ *```(\w+)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
_ASSIGNED = re.compile(r"(\w+)=\$")


@dataclass
class Command:
    """One curl command: its words, and the variable that keeps something of its answer: by the path behind `field`, or the first id."""

    words: list[str] = field(default_factory=list)
    assigned: str | None = None
    kept: str | None = None

    def value(self, answer: Any) -> str:
        """What the variable keeps."""
        if self.kept is None:
            return str((answer["data"][0] if isinstance(answer["data"], list) else answer["data"])["id"])
        for name in self.kept.split("."):
            answer = answer[int(name) if name.isascii() and name.isdigit() else name]
        return str(answer)


def blocks(page: str, *languages: str) -> list[str]:
    text = (PROJECT_ROOT / page).read_text(encoding="utf-8")
    return [block for language, block in _FENCE.findall(text) if language in languages]


def commands(block: str) -> Iterator[Command]:
    """The curl commands of a shell block that people call directly: not those inside functions, nor the sign-in."""
    lexer = shlex.shlex(block.replace("\\\n", " "), posix=True, punctuation_chars="|();\n")
    lexer.whitespace, lexer.whitespace_split = " \t", True
    before, current, last, is_inside = ["", ""], None, Command(), False
    for token in lexer:
        is_inside = token != "}" if is_inside else (before[-1], token) == ("()", "{")
        if token == "curl":
            named = _ASSIGNED.fullmatch(before[-2]) if before[-1] == "(" else None
            current = last = Command(assigned=named[1] if named else None)
        elif current is not None and set(token) <= set("|();\n"):
            yield from [] if is_inside or any("$PASSWORD" in word for word in current.words) else [current]
            current = None
        elif current is not None:
            current.words.append(token)
        elif before == ["|", "field"]:
            last.kept = token
        before = [before[-1], token]


def request_of(command: Command, known: dict[str, str]) -> dict[str, Any]:
    """What the test client sends for a curl command."""
    sent: dict[str, Any] = {"method": "GET", "headers": {}, "data": None}
    words = iter(Template(word).safe_substitute(known) for word in command.words)
    for word in words:
        if word == "-H":
            name, _, value = next(words).partition(": ")
            sent["headers"][name] = value
        elif word == "-X":
            sent["method"] = next(words)
        elif word == "-d":
            sent["data"] = next(words)
        elif word == "-F":
            name, _, value = next(words).partition("=")
            content = UPLOADED_IMAGE if value.endswith(".png") else UPLOADED
            value_or_file = (BytesIO(content), value[1:]) if value.startswith("@") else value
            sent["data"] = {**(sent["data"] or {}), name: value_or_file}
        elif not word.startswith("-"):
            sent["path"] = word.removeprefix(SERVER)
    if sent["data"] is not None and sent["method"] == "GET":
        sent["method"] = "POST"
    return sent


@pytest.fixture
def known(app: Flask, people: People, city: None) -> dict[str, str]:
    """The variables of the examples, and a city that has what they ask for."""
    add_areas(app, {"64.71.05": "kecamatan"})
    add_published_post(app, title=SHOWN_TITLE, areas=["64.71.06.1005"])
    add_published_post(app, agency="dishub")
    add_published_document(app, year=2026, information_kinds=["BK-A"])
    follow(app)
    return {
        "API": "",
        "KEY": people.website().token,
        "AUTHOR": people.person(Role.AUTHOR, "dpu").token,
        "EDITOR_TOKEN": people.person(Role.AGENCY_EDITOR, "dpu").token,
        "CENTRAL": people.person(Role.CENTRAL_EDITOR).token,
        "TOKEN": people.person(Role.CENTRAL_EDITOR).token,
        "DISHUB": people.person(Role.AGENCY_EDITOR, "dishub").token,
        "AUDITOR": people.person(Role.AUDITOR).token,
        "ADMIN": people.person(Role.ADMIN).token,
        "IN_A_WEEK": f"{clock.now() + timedelta(days=7):%Y-%m-%dT%H:%M:%S}",
        "TODAY": f"{clock.now():%Y-%m-%d}",
    }


@pytest.fixture
def waits(app: Flask, client: FlaskClient, known: dict[str, str]) -> Iterator[None]:
    """The process in which requests may wait is there and known to the examples, with a position behind which there are lines."""
    told = client.get("/v1/changes", headers={"Authorization": f"Bearer {known['KEY']}"}).headers
    with serving(app) as port:
        known |= {"WAIT": f"http://127.0.0.1:{port}", "EPOCH": told["Content-Epoch"], "SEQ": "1"}
        yield


def waited(sent: dict[str, Any]) -> Response:
    """The answer of the process in which requests may wait, up to the end of its first line: a stream has no end."""
    where = urlsplit(sent["path"])
    with closing(http.client.HTTPConnection(where.netloc, timeout=30)) as connection:
        connection.request("GET", f"{where.path}?{where.query}", headers=sent["headers"])
        answer = connection.getresponse()
        return Response(answer.readline(), answer.status)


@pytest.mark.usefixtures("waits")
@pytest.mark.parametrize("page", PAGES)
def test_every_curl_command_of_the_page_is_answered(page: str, client: FlaskClient, known: dict[str, str]) -> None:
    found = [command for block in blocks(page, "sh") for command in commands(block)]
    refused = []
    for command in found:
        sent = request_of(command, known)
        answer = waited(sent) if sent["path"].startswith("http:") else client.open(**sent)
        if answer.status_code >= 300:
            refused.append((answer.status_code, command.words, answer.get_data(as_text=True)))
        elif command.assigned is not None and command.assigned not in {"WAIT", "EPOCH"}:
            known[command.assigned] = command.value(answer.get_json())

    assert refused == []
    assert len(found) >= 2


def test_lists_that_examples_ask_for_are_not_empty(client: FlaskClient, known: dict[str, str]) -> None:
    """A filter that finds nothing would be answered all the same."""
    asked = [request_of(command, known) for block in blocks("README.md", "sh") for command in commands(block)]
    asked = [sent for sent in asked if "/v1/" in sent["path"] and "/manage/" not in sent["path"]]

    assert [sent["path"] for sent in asked if not client.open(**sent).get_json()["data"]] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_address_in_php_and_javascript_is_answered(page: str, client: FlaskClient, known: dict[str, str]) -> None:
    code = "\n".join(blocks(page, "php", "js"))
    paths = re.findall(r"/v1/[^\s\"'`]+", code)
    headers = {"Authorization": f"Bearer {known['KEY']}"}

    assert {path: client.get(path, headers=headers).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_the_endings_that_the_guide_shows_have_the_fields_and_words_of_real_ones(
    client: FlaskClient, known: dict[str, str], app: Flask
) -> None:
    """Sent on to another item, to a page elsewhere, and taken back; in this order in the guide."""
    shown = [json.loads(line) for line in _lines_of_json("docs/api.md") if '"explanation"' in line]
    target = add_published_post(app, title="Pompa baru").id
    endings = (
        {"kind": "redirect", "to": target, "explanation": "Pompa lama diganti."},
        {"kind": "redirect", "to": "/layanan/pompa", "explanation": "Ada di halaman layanan."},
        {"kind": "gone", "explanation": "Angkanya salah."},
    )
    reader, central = ({"Authorization": f"Bearer {known[name]}"} for name in ("KEY", "CENTRAL"))
    resolved = []
    for ending in endings:
        post = add_published_post(app, title=f"Berita {ending['kind']} {len(resolved)}")
        path = f"/manage/v1/posts/{post.id}/unpublish"
        assert client.post(path, json=ending, headers={**central, "If-Match": "*"}).status_code == 200
        resolved.append(
            client.get(f"/v1/resolve?type=post&agency=dpu&slug={post.slug}", headers=reader).get_json()["data"]
        )
        if not resolved[1:]:
            problem = client.get(f"/v1/posts/{post.id}", headers=reader).get_json()

    words = ("status", "type", "agency", "explanation")
    assert [{name: each[name] for name in words} for each in shown[:3]] == [
        {name: each[name] for name in words} for each in resolved
    ]
    assert [each.keys() for each in shown[:3]] == [each.keys() for each in resolved]
    assert {name: problem[name] for name in ("status", "code", "explanation")}.items() <= shown[3].items()
    assert shown[3].keys() <= problem.keys()
    assert shown[3]["target"].keys() == problem["target"].keys()


def _lines_of_json(page: str) -> list[str]:
    """The objects in the JSON blocks of a page, each as one line."""
    return [each for block in blocks(page, "json") for each in re.sub(r"\n +", " ", block).splitlines()]


def test_the_address_that_the_guide_resolves_is_one_of_the_demonstration_city() -> None:
    posts = (PROJECT_ROOT / "cms" / "cli" / "demo_city" / "posts.json").read_text(encoding="utf-8")

    assert SHOWN_TITLE in posts


def test_people_and_keys_of_the_examples_are_those_of_the_demonstration_city() -> None:
    city = PROJECT_ROOT / "cms" / "cli" / "demo_city"
    made = "".join((city / name).read_text(encoding="utf-8") for name in ("people.json", "consumers.json"))
    text = "\n".join(block for page in PAGES for block in blocks(page, "sh", "php", "js"))
    named = set(re.findall(r"[a-z.]+@balikpapan\.example", text)) | set(re.findall(r"\[\"keys\"\]\[\"(\w+)\"\]", text))

    assert {name for name in named if f'"{name}"' not in made} == set()
    assert "website" in named
