"""Moderation looks into tables and text files: what a cell says is as public as the text beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from cms.core.permissions import Role
from cms.documents.file_words import MOST_READ, read_words
from cms.moderation.scanning import advertises_gambling
from tests.core.processor_time import seconds, takes_at_most
from tests.documents.uploads import form, fresh_storage, part, send, send_raw
from tests.factories import add_city, document_content
from tests.people import Caller, People

DOCUMENTS = "/manage/v1/documents"
HEAD = b"nama,alamat\n"


@pytest.fixture
def author(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Caller:
    """An author of Dinas Pekerjaan Umum."""
    add_city(app)
    fresh_storage(app, monkeypatch, tmp_path)
    return people.person(Role.AUTHOR, "dpu")


def held(author: Caller, content: bytes, name: str = "data.csv") -> list[tuple[str, str, str]]:
    document = str(author.post(DOCUMENTS, document_content()).json["data"]["id"])
    body = form(part("file", content, name), part("label", b"Data"))
    uploaded: Any = send_raw(author, document, body)
    assert uploaded.status_code == 201, uploaded.json
    hold = author.get(f"{DOCUMENTS}/{document}").json["data"]["hold"]
    warnings = uploaded.json["meta"].get("warnings", [])
    assert [each["code"] for each in warnings if each["code"] != "formulas_in_cells"] == ["held"] * len(hold)
    return [(reason["code"], reason["pointer"], reason["detail"]) for reason in hold]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (b"Situs,slot gacor maxwin deposit pulsa\n", ("lexicon", "/files/0/content", "situs slot")),
        (b"s.l.o.t,g.a.c.o.r m.a.x.w.i.n\n", ("lexicon", "/files/0/content", "slot, slot gacor")),
        (
            b'Klik,"=HYPERLINK(""https://tidak-dikenal.com/x"")"\n',
            ("unknown_domain", "/files/0/content", "tidak-dikenal.com"),
        ),
        (b"Klik,tidak-dikenal.com\n", ("unknown_domain", "/files/0/content", "tidak-dikenal.com")),
        (b"Klik,45.7.3.12:8080\n", ("unknown_domain", "/files/0/content", "45.7.3.12")),
        (b"x,y\n" * 50_000 + b"Klik,tidak-dikenal.com\n", ("unknown_domain", "/files/0/content", "tidak-dikenal.com")),
    ],
)
@pytest.mark.parametrize("name", ["data.csv", "data.txt"])
def test_a_cell_is_held_as_a_text(author: Caller, cells: bytes, reason: tuple[str, str, str], name: str) -> None:
    assert held(author, HEAD + cells, name) == [reason]


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ('"situs": "https:\\/\\/tidak-dikenal.com\\/x"', ("unknown_domain", "tidak-dikenal.com")),
        ('"slot \\u0067acor": "ma\\u0078win deposit pulsa"', ("lexicon", "situs slot")),
        ('"nama": ["slot gacor maxwin", "deposit pulsa"]', ("lexicon", "situs slot")),
    ],
)
def test_the_words_of_a_map_are_held_however_json_writes_them(
    author: Caller, inside: str, reason: tuple[str, str]
) -> None:
    content = f'{{"type": "Feature", "properties": {{{inside}}}, "geometry": null}}'
    [(code, pointer, detail)] = held(author, content.encode(), "peta.geojson")
    assert (code, pointer) == (reason[0], "/files/0/content")
    assert reason[0] == "lexicon" or detail == reason[1]


def test_a_map_of_numbers_is_read_whole(author: Caller) -> None:
    """Its words are few, however many places it has."""
    places = ",".join(["[116.8312345,-1.2654321]"] * (MOST_READ // 20))
    content = f'{{"type": "MultiPoint", "coordinates": [{places}]}}'
    assert held(author, content.encode(), "peta.geojson") == []


def test_ordinary_tables_pass(author: Caller) -> None:
    rows = "".join(f"Dinas {number},Jalan MT Haryono {number},Rp 1.250.{number:03}.000\n" for number in range(2_000))
    assert held(author, HEAD + rows.encode()) == []


def test_a_blocked_domain_in_a_cell_is_refused(author: Caller, people: People) -> None:
    central = people.person(Role.CENTRAL_EDITOR)
    central("PUT", "/manage/v1/link-domains/tidak-dikenal.com", json={"verdict": "blocked"})
    document = str(author.post(DOCUMENTS, document_content()).json["data"]["id"])
    refused: Any = send(author, document, HEAD + b"Klik,tidak-dikenal.com\n", name="data.csv", label="Data")
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "blocked_link")


def test_what_is_too_long_to_be_read_waits_for_a_person(author: Caller) -> None:
    """An advertisement behind the part that is read does not pass by its place."""
    rows = b"abcdefg,hijklmn\n" * (MOST_READ // 16 + 1)
    assert held(author, HEAD + rows + b"situs slot gacor,maxwin\n") == [("not_read_whole", "/files/0/content", "")]


def test_nothing_is_cut_in_two(tmp_path: Path) -> None:
    for before in range(4_050, 4_110, 7):
        path = tmp_path / "a.csv"
        path.write_text("x " * (before // 2) + "situs slot gacor maxwin deposit pulsa dan tidak-dikenal.com\n")
        words = read_words(path, "text/csv").text or ""
        assert "http://tidak-dikenal.com/" in words
        assert advertises_gambling(words)


def test_reading_costs_less_than_a_second(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Dinas Pekerjaan Umum,Jalan MT Haryono 12,https://dpu.balikpapan.go.id,Rp 1.250.000\n" * 20_000)
    with capsys.disabled():
        print(f"\nreading 1.6 MB of cells: {seconds(lambda: read_words(path, 'text/csv')):.2f} s of processor time")
    assert takes_at_most(1, lambda: read_words(path, "text/csv"))
