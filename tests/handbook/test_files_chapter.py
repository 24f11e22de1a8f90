"""The chapter for officers: both languages say the same of what the server finds out, and its commands work."""

from __future__ import annotations

import re
import shlex

import pytest
from flask import Flask

from cms.core.permissions import Role
from cms.documents.accessibility import PROBLEMS
from cms.file_texts.models import TextState
from config import PROJECT_ROOT
from tests.documents.uploads import send
from tests.factories import add_document
from tests.people import People

PAGES = {language: (PROJECT_ROOT / "docs" / name) for language, name in (("en", "files.md"), ("id", "files.id.md"))}
ROW = re.compile(r"^\| `([a-z_]+)` \|", re.MULTILINE)
COMMANDS = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(language: str) -> list[str]:
    """The requests that the chapter shows."""
    return "".join(COMMANDS.findall(PAGES[language].read_text(encoding="utf-8"))).splitlines()


@pytest.mark.parametrize("language", PAGES)
def test_every_state_and_every_problem_is_explained(language: str) -> None:
    assert ROW.findall(PAGES[language].read_text(encoding="utf-8")) == [*TextState, *PROBLEMS]


def test_both_languages_have_the_same_chapters_and_commands() -> None:
    english, indonesian = (page.read_text(encoding="utf-8") for page in PAGES.values())

    assert commands("en") == commands("id")
    assert len(re.findall("^#+ ", english, re.MULTILINE)) == len(re.findall("^#+ ", indonesian, re.MULTILINE))
    assert english.count("\n| ") == indonesian.count("\n| ")
    assert english.count("\n**") == indonesian.count("\n**")


def test_its_commands_are_answered(app: Flask, city: None, people: People) -> None:
    editor = people.person(Role.AGENCY_EDITOR, "dpu")
    document = str(add_document(app).id)
    file = send(editor, document).json["data"]["id"]  # type: ignore[index]
    addresses = [shlex.split(line)[2] for line in commands("en")]

    assert len(addresses) == 4
    for address in addresses:
        path = address.removeprefix("$API").replace("$DOC", document).replace("$FILE", file)
        assert editor.get(path).status_code == 200, path
