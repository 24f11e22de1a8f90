"""What a document says about itself: the obligations that it fulfils, its period, its files; and what exists on paper alone."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from cms.core.db import unit_of_work
from cms.core.permissions import Role
from cms.core.storage.local import LocalStorage
from cms.documents.content import DOCUMENT, FILE_DEFAULTS, FileRole, FileVariant, check_document
from cms.editorial.items.models import LONGEST_TITLE
from cms.taxonomy.models import InformationKind
from tests.documents.uploads import fresh_storage, send
from tests.factories import add_document, add_information_kinds, add_published_document, document_content
from tests.people import Caller, People

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 30))
PRECISIONS = st.sampled_from([4, 7, 10])


@pytest.fixture
def site(people: People, city: None) -> Caller:
    return people.website()


@pytest.fixture
def editor(people: People, city: None) -> Caller:
    return people.person(Role.AGENCY_EDITOR, "dpu")


@pytest.fixture
def storage(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LocalStorage:
    return fresh_storage(app, monkeypatch, tmp_path)


def titles(site: Caller, query: str) -> list[str]:
    return [card["title"] for card in site.get(f"/v1/documents?{query}").json["data"]]


def first_day(partial: str) -> date:
    return date.fromisoformat(partial + "-01-01"[len(partial) - 4 :])


def last_day(partial: str) -> date:
    day = first_day(partial)
    while (following := day + timedelta(days=1)).isoformat()[: len(partial)] == partial:
        day = following
    return day


@given(begins=DAYS, ends=DAYS, precisions=st.tuples(PRECISIONS, PRECISIONS))
def test_a_period_is_refused_exactly_when_no_day_lies_in_it(
    begins: date, ends: date, precisions: tuple[int, int]
) -> None:
    period = {"from": begins.isoformat()[: precisions[0]], "until": ends.isoformat()[: precisions[1]], "text": None}
    content = DOCUMENT.completed(document_content(made_at=None, period=period))

    faults = check_document("", content, None)

    has_days = first_day(period["from"]) <= last_day(period["until"])
    assert [fault.name for fault in faults] == ([] if has_days else ["/period/until"])


def test_a_document_is_found_under_every_obligation_that_it_fulfils(app: Flask, site: Caller) -> None:
    with app.app_context(), unit_of_work() as unit:
        part = {"information_class": "berkala", "parent": "BK-A", "certainty": "found"}
        unit.add(InformationKind(code="BK-A.1", name_id="Bagian", name_en="Part", **part))
    add_information_kinds(app, "BK-B")
    add_information_kinds(app, "SS-H", information_class="setiap_saat")
    add_published_document(app, title="Renja", information_kinds=["BK-A.1", "SS-H"])
    add_published_document(app, title="Program", information_kinds=["BK-B"])
    add_published_document(app, title="Tanpa jenis")

    assert titles(site, "information_kind=SS-H") == titles(site, "information_kind=BK-A.1") == ["Renja"]
    assert titles(site, "information_kind=BK-A") == ["Renja"]
    assert sorted(titles(site, "information_kind=BK-A,BK-B")) == ["Program", "Renja"]
    assert titles(site, "class=setiap_saat") == ["Renja"]
    assert len(titles(site, "class=berkala")) == 3
    card = site.get("/v1/documents?information_kind=SS-H&include=information_kinds").json["data"][0]
    assert [(kind["code"], kind["class"]) for kind in card["information_kinds"]] == [
        ("BK-A.1", "berkala"), ("SS-H", "setiap_saat"),
    ]  # fmt: skip


def test_documents_are_found_by_category_and_area_as_posts_are(app: Flask, site: Caller) -> None:
    add_published_document(app, title="Damai", category="infrastruktur", areas=["64.71.06"])
    add_published_document(app, title="Lain")

    assert titles(site, "area=64.71") == titles(site, "category=infrastruktur") == ["Damai"]
    embedded = site.get("/v1/documents?area=64.71&include=areas,category").json["data"][0]
    assert embedded["areas"][0]["name"] == "64.71.06"
    assert embedded["category"]["name"]["en"] == "Infrastructure"


@pytest.mark.parametrize("forms", [["cetak"], ["cetak", "rekaman"], []])
def test_what_exists_on_paper_alone_is_published_without_a_file(
    app: Flask, editor: Caller, site: Caller, forms: list[str]
) -> None:
    item = add_document(app, forms=forms)

    published = editor.post(f"/manage/v1/documents/{item.id}/publish", {}, match='"v1"')

    assert published.status_code == 200, published.json
    shown = site.get(f"/v1/documents/{item.id}").json["data"]
    assert (shown["files"], shown["forms"], shown["holder"]) == ([], forms, "Sekretariat")


def test_a_digital_form_promises_a_file(app: Flask, editor: Caller) -> None:
    item = add_document(app, forms=["cetak", "digital"])

    refused = editor.post(f"/manage/v1/documents/{item.id}/publish", {}, match='"v1"')

    assert [error["pointer"] for error in refused.json["errors"]] == ["/files"]


@pytest.mark.parametrize("role", list(FileRole))
def test_an_upload_says_what_the_file_is(app: Flask, editor: Caller, storage: LocalStorage, role: FileRole) -> None:
    item = add_document(app)

    answer = send(editor, item.id, role=role.value, variant=FileVariant.REDACTED.value, language="bjn")

    said = {"role": role.value, "variant": "redacted", "language": "bjn"}
    assert {name: answer.json["data"][name] for name in FILE_DEFAULTS} == said
    entry = editor.get(f"/manage/v1/documents/{item.id}").json["data"]["files"][0]
    assert {name: entry[name] for name in FILE_DEFAULTS} == said


def test_an_upload_with_an_unknown_role_is_refused_with_the_list(
    app: Flask, editor: Caller, storage: LocalStorage
) -> None:
    item = add_document(app)

    answer = send(editor, item.id, role="poster")

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/role")
    assert "sign_language" in answer.json["errors"][0]["detail"]


def test_a_title_has_up_to_three_hundred_characters(app: Flask, editor: Caller, site: Caller) -> None:
    title = "Keputusan Kepala Dinas " + "a" * (LONGEST_TITLE - 23)
    made = editor.post("/manage/v1/documents", document_content(title=title))
    path = f"/manage/v1/documents/{made.json['data']['id']}"

    assert (len(title), made.status_code) == (300, 201)
    assert editor.post(f"{path}/publish", {}, match='"v1"').status_code == 200
    assert titles(site, "") == [title]
    assert editor.post("/manage/v1/documents", document_content(title=title + "a")).status_code == 422
