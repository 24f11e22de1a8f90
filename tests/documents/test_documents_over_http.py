"""Writing documents through the API: the metadata of public information."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cms.core.db import session, unit_of_work
from cms.core.ids import new_id
from cms.documents.models import DocumentFile
from cms.publishing.models import Publication, PublicationFile, PublicationTerm
from tests.conftest import NOW
from tests.editorial.city import Caller, document

Callers = dict[str, Caller]


def _with_files(app: Flask, document_id: str, count: int) -> list[str]:
    """Rows of uploaded files, without their bytes."""
    ids = [new_id() for _ in range(count)]
    with app.app_context(), unit_of_work() as unit:
        unit.add(*[
            DocumentFile(
                id=file_id, document_id=document_id, name=f"{number}.pdf", media_type="application/pdf", bytes=10,
                sha256=f"{number:064}", created_at=NOW, uploaded_by="author",
            )
            for number, file_id in enumerate(ids)
        ])  # fmt: skip
    return ids


def test_every_field_comes_back_as_it_was_written(callers: Callers) -> None:
    written = document(
        slug="renja", body="Isi.", body_format="markdown", information_kinds=["BK-A"], number="050/1/DPU", year=2026,
        responsible="Sekretaris", producer="Bidang Bina Marga", made_place="Balikpapan", category="infrastruktur",
        period={"from": "2017", "until": "2018-06", "text": "2017 - 2018"}, areas=["64.71.06"], forms=["cetak", "rekaman"], retention="5 tahun",
        archive_code="050", language="id", tags=["renja"],
    )  # fmt: skip
    answer = callers["author"]("POST", "documents", written)
    assert answer.status_code == 201, answer.json
    data = answer.json["data"]
    assert {name: data[name] for name in written} == written
    assert (data["type"], data["files"], data["channel"]) == ("document", [], "dpu")


@pytest.mark.parametrize("made_at", ["2017", "2017-05", "2017-05-12", "2024-02-29", "2026-11-24"])
def test_the_precision_of_a_date_is_kept(callers: Callers, made_at: str) -> None:
    assert callers["author"]("POST", "documents", document(made_at=made_at)).json["data"]["made_at"] == made_at


@pytest.mark.parametrize(
    ("values", "pointer", "code"),
    [
        ({"class": "dikecualikan"}, "/class", "class_not_open"),
        ({"class": "rahasia"}, "/class", "not_allowed"),
        ({"information_kinds": ["ZZ-9"]}, "/information_kinds/0", "not_found"),
        ({"information_kinds": ["SS-1"]}, "/information_kinds/0", "class_mismatch"),
        ({"information_kinds": ["BK-A", "XX-1"]}, "/information_kinds/1", "class_mismatch"),
        ({"information_kinds": ["BK-A", "BK-X"]}, "/information_kinds/1", "not_valid_any_more"),
        ({"information_kinds": "BK-A"}, "/information_kinds", "wrong_type"),
        ({"category": "tidak-ada"}, "/category", "not_found"),
        ({"category": "lama"}, "/category", "not_valid_any_more"),
        ({"areas": ["64.71.06", "64.99"]}, "/areas/1", "not_found"),
        ({"period": {"from": "2018", "until": "2017-12"}}, "/period/until", "not_before"),
        ({"period": {"from": "2017-13"}}, "/period/from", "bad_format"),
        ({"period": {"text": " - "}}, "/period/text", "blank"),
        ({"made_at": "2017-13"}, "/made_at", "bad_format"),
        ({"made_at": "2023-02-29"}, "/made_at", "bad_format"),
        ({"made_at": "0000"}, "/made_at", "bad_format"),
        ({"made_at": "17"}, "/made_at", "bad_format"),
        ({"made_at": "2026-12"}, "/made_at", "not_after"),
        ({"year": "2026"}, "/year", "wrong_type"),
        ({"year": 1492}, "/year", "too_small"),
        ({"forms": ["lisan"]}, "/forms/0", "not_allowed"),
    ],
)
def test_a_broken_rule_is_named_with_its_field(callers: Callers, values: dict, pointer: str, code: str) -> None:
    answer = callers["author"]("POST", "documents", document(**values))
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(
    ("values", "pointer"),
    [({"information_kind": "BK-A"}, "/information_kind"), ({"period": {"since": "2017"}}, "/period/since")],
)
def test_a_field_that_does_not_exist_is_refused(callers: Callers, values: dict, pointer: str) -> None:
    answer = callers["author"]("POST", "documents", document(**values))
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (400, pointer)


def test_a_register_entry_is_complete_before_it_is_published(callers: Callers) -> None:
    given = document(summary=None, holder=None, made_at=None, forms=["digital"])
    path = f"documents/{callers['author']('POST', 'documents', given).json['data']['id']}"
    refused = callers["editor"]("POST", f"{path}/publish", {}, match='"v1"')
    assert [error["pointer"] for error in refused.json["errors"]] == ["/summary", "/holder", "/made_at", "/files"]
    assert {error["code"] for error in refused.json["errors"]} == {"needed_to_publish"}


def test_files_are_ordered_named_and_dropped_by_patch(app: Flask, callers: Callers) -> None:
    author = callers["author"]
    first = author("POST", "documents", document()).json["data"]["id"]
    other = author("POST", "documents", document()).json["data"]["id"]
    ids, foreign = _with_files(app, first, 2), _with_files(app, other, 1)
    spoken = {"role": "audio", "variant": "redacted", "language": "en"}
    usual = {"role": "content", "variant": "original", "language": None}
    entries = [{"id": ids[1], "label": "Dua", **spoken}, {"id": ids[0], "label": "Satu"}]

    patched = author("PATCH", f"documents/{first}", {"files": entries}, match='"v1"')

    assert patched.json["data"]["files"] == [entries[0], {**entries[1], **usual}]
    assert (
        author("PATCH", f"documents/{first}", {"files": [{**entries[0], "role": "x"}]}, match='"v2"').status_code == 422
    )
    for wrong in ([{"id": foreign[0], "label": "x"}], [entries[0], entries[0]], [{"id": new_id(), "label": "x"}]):
        assert author("PATCH", f"documents/{first}", {"files": wrong}, match='"v2"').status_code == 422
    assert author("PATCH", f"documents/{first}", {"files": None}, match='"v2"').json["data"]["files"] == []


def test_a_published_document_shows_its_files_to_readers(app: Flask, callers: Callers) -> None:
    given = document(
        information_kinds=["BK-A", "SS-1"], year=2026, forms=["digital"], tags=["renja"], areas=["64.71.06"],
        category="infrastruktur", producer="Bidang", period={"text": "Sepanjang Tahun 2016"},
    )  # fmt: skip
    document_id = callers["author"]("POST", "documents", given).json["data"]["id"]
    file_id = _with_files(app, document_id, 2)[1]
    patch: dict[str, Any] = {"files": [{"id": file_id, "label": "Renja", "role": "braille", "language": "en"}]}
    callers["author"]("PATCH", f"documents/{document_id}", patch, match='"v1"')

    assert callers["editor"]("POST", f"documents/{document_id}/publish", {}, match='"v2"').status_code == 200

    with app.app_context():
        publication = session.scalar(select(Publication))
        full, card = json.loads(publication.full_json), json.loads(publication.card_json)
        shown = session.scalars(select(PublicationFile.file_id)).all()
        found = session.execute(select(PublicationTerm.scheme, PublicationTerm.term))
        terms = {(scheme, term) for scheme, term in found}
    assert card.items() <= full.items()
    assert (card["class"], card["information_kinds"], card["year"]) == ("berkala", ["BK-A", "SS-1"], 2026)
    assert (card["areas"], card["category"], full["producer"]) == (["64.71.06"], "infrastruktur", "Bidang")
    assert full["period"] == {"from": None, "until": None, "text": "Sepanjang Tahun 2016"}
    assert full["files"] == [
        {
            "id": file_id, "label": "Renja", "role": "braille", "variant": "original", "language": "en",
            "media_type": "application/pdf", "protected": False, "bytes": 10, "sha256": f"{1:064}",
            "url": f"/v1/documents/{document_id}/files/{file_id}",
        }
    ]  # fmt: skip
    assert shown == [file_id]
    assert terms == {
        ("class", "berkala"), ("class", "setiap_saat"), ("information_kind", "BK-A"), ("information_kind", "SS-1"),
        ("year", "2026"), ("tag", "renja"), ("channel", "dpu"), ("language", "id"), ("category", "infrastruktur"),
        ("area", "64"), ("area", "64.71"), ("area", "64.71.06"), ("slug", "rencana-kerja-2026"),
    }  # fmt: skip


def test_documents_are_listed_by_class_and_are_no_posts(callers: Callers) -> None:
    data = callers["author"]("POST", "documents", document()).json["data"]
    rows = callers["author"]("GET", "documents?class=berkala").json["data"]
    assert [(row["id"], row["class"]) for row in rows] == [(data["id"], "berkala")]
    assert callers["author"]("GET", "documents?class=setiap_saat").json["data"] == []
    assert callers["author"]("GET", f"posts/{data['id']}").status_code == 404
    assert callers["author"]("GET", "documents?kind=berita").status_code == 400
