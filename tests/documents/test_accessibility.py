"""Which published files people cannot read, by file and by agency."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from cms.core.permissions import Role
from cms.file_texts import extracting
from cms.file_texts.tasks import read_waiting
from tests.documents.uploads import send
from tests.factories import add_document
from tests.file_texts.samples import pdf, picture_of, scan
from tests.people import Caller, People

FILES = "/manage/v1/accessibility/files"
AGENCIES = "/manage/v1/accessibility/agencies"


@pytest.fixture
def central(people: People, city: None) -> Caller:
    return people.person(Role.CENTRAL_EDITOR)


@pytest.fixture(autouse=True)
def no_recogniser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extracting, "TESSERACT", "tesseract-that-nobody-has")
    extracting.find_recogniser.cache_clear()


def published(app: Flask, central: Caller, agency: str, files: dict[str, bytes]) -> str:
    """A published document with these files, which the worker has read."""
    item = add_document(app, agency=agency)
    for name, content in files.items():
        added = send(central, item.id, content, name)
        assert added.status_code == 201, added.json
    version = int(added.json["data"]["document_version"][1:])  # type: ignore[index]
    done = central("POST", f"/manage/v1/documents/{item.id}/publish", match=version, json={})
    assert done.status_code == 200, done.json
    with app.app_context():
        while read_waiting():
            pass
    return str(item.id)


def rows(caller: Caller, path: str) -> list[dict[str, Any]]:
    answer = caller.get(path)
    assert answer.status_code == 200, answer.json
    found: list[dict[str, Any]] = answer.json["data"]  # type: ignore[index]
    return found


def test_files_with_problems_are_listed_with_what_keeps_people_from_reading_them(app: Flask, central: Caller) -> None:
    good = pdf("Rencana kerja", title="Renja", language="id")
    published(
        app,
        central,
        "dpu",
        {"renja.pdf": good, "edaran.pdf": scan(picture_of(["Surat"])), "anggaran.pdf": pdf("Anggaran")},
    )

    found = {row["name"]: row["problems"] for row in rows(central, FILES)}

    assert found == {
        "renja.pdf": ["not_tagged"],
        "edaran.pdf": ["no_text", "not_tagged", "no_language", "no_title"],
        "anggaran.pdf": ["not_tagged", "no_language", "no_title"],
    }
    assert [row["name"] for row in rows(central, f"{FILES}?problem=no_text")] == ["edaran.pdf"]
    assert rows(central, f"{FILES}?agency=dishub") == []


def test_the_list_and_the_counts_say_the_same(app: Flask, central: Caller) -> None:
    published(app, central, "dpu", {"a.pdf": scan(picture_of(["Surat"])), "b.csv": b"kode,nama\n1,satu\n"})
    published(app, central, "dishub", {"c.pdf": pdf("Jadwal", language="id")})

    counted = {row["agency"]: row for row in rows(central, AGENCIES)}

    assert {agency: (row["files"], row["waiting"]) for agency, row in counted.items()} == {
        "dishub": (1, 0),
        "dpu": (2, 0),
    }
    listed = rows(central, FILES)
    for agency, row in counted.items():
        for problem, number in row["problems"].items():
            assert number == sum(problem in each["problems"] for each in listed if each["agency"] == agency)


def test_editors_see_their_own_agency_and_drafts_are_in_no_report(app: Flask, central: Caller, people: People) -> None:
    published(app, central, "dpu", {"a.pdf": pdf("Anggaran")})
    draft = add_document(app, agency="dishub")
    send(central, draft.id, scan(picture_of(["Rahasia"])), "rancangan.pdf")
    with app.app_context():
        while read_waiting():
            pass

    assert rows(people.person(Role.AGENCY_EDITOR, "dishub"), FILES) == []
    assert [row["name"] for row in rows(people.person(Role.AGENCY_EDITOR, "dpu"), FILES)] == ["a.pdf"]
    assert [row["agency"] for row in rows(central, AGENCIES)] == ["dpu"]


def test_pages_of_the_report_follow_each_other(app: Flask, central: Caller) -> None:
    published(app, central, "dpu", {f"{number}.pdf": pdf(f"Berkas {number}") for number in range(3)})
    first = central.get(f"{FILES}?limit=2").json
    rest = central.get(first["links"]["next"]).json  # type: ignore[index]

    assert sorted(row["name"] for row in first["data"] + rest["data"]) == ["0.pdf", "1.pdf", "2.pdf"]  # type: ignore[index]


def test_an_unknown_problem_is_refused(central: Caller) -> None:
    assert central.get(f"{FILES}?problem=ugly").status_code == 400
