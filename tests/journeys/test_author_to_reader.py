"""The main job, end to end over HTTP: an author writes, the right person publishes, a website pulls a moment later."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cms.accounts.services.people import create_user
from cms.agencies.services import seed_agencies
from cms.core.permissions import Role, system_actor
from cms.taxonomy.services import seed_taxonomy
from tests.conftest import second_app
from tests.people import Caller

AGENCY = "dpu"
PASSWORD = "teluk-tenang-17-burung"
PEOPLE = {
    "author": (Role.AUTHOR, AGENCY),
    "editor": (Role.AGENCY_EDITOR, AGENCY),
    "admin": (Role.ADMIN, None),
    "central": (Role.CENTRAL_EDITOR, None),
}
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
Office = dict[str, Caller]


@pytest.fixture
def office(app: Flask, client: FlaskClient) -> Office:
    """The seeded city, an author, his editor, an administrator and a central editor, all of them signed in."""
    actor = system_actor("test")
    with app.app_context():
        seed_agencies(actor)
        seed_taxonomy(actor)
        for name, (role, agency) in PEOPLE.items():
            email = f"{name}@balikpapan.example"
            values = {"email": email, "name": name, "password": PASSWORD, "memberships": [(role, agency)]}
            create_user(actor, **values, password_change_needed=False)
    return {name: _signed_in(client, f"{name}@balikpapan.example") for name in PEOPLE}


def _signed_in(client: FlaskClient, email: str) -> Caller:
    answer = client.post("/manage/v1/auth/login", json={"email": email, "password": PASSWORD})
    return Caller(client, _body(answer)["access_token"])


@pytest.fixture
def website(office: Office, app: Flask, environment: dict[str, str]) -> Iterator[Caller]:
    """The agency's website, which pulls from another process of the same server."""
    key = _registered_key(office["admin"])
    with second_app(environment) as other:
        yield Caller(other.test_client(), key)


def _registered_key(admin: Caller) -> str:
    contact = {"name": "Pengelola Situs", "email": "situs@balikpapan.example"}
    site = {"name": "Situs DPU", "kind": "website", "agency": AGENCY, "contact": contact}
    consumer = _data(admin.post("/manage/v1/consumers", site), 201)
    key = _data(admin.post(f"/manage/v1/consumers/{consumer['id']}/keys", {"label": "Produksi"}), 201)
    return str(key["key"])


def _body(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.get_data(as_text=True)
    return dict(answer.json)


def _data(answer: Any, status: int = 200) -> dict[str, Any]:
    return dict(_body(answer, status)["data"])


def test_a_post_goes_from_its_author_to_the_website(office: Office, website: Caller, moment: Any) -> None:
    author, editor = office["author"], office["editor"]
    draft = author.post("/manage/v1/posts", _post())
    path = f"/manage/v1/posts/{_data(draft, 201)['id']}"
    assert _titles(website) == []

    submitted = author.post(f"{path}/submit", {"comment": "Mohon diperiksa."}, match=draft.headers["ETag"])
    assert author.post(f"{path}/publish", {}, match=submitted.headers["ETag"]).status_code == 403
    published = editor.post(f"{path}/publish", {}, match=submitted.headers["ETag"])
    assert _titles(website) == ["Penutupan Jalan MT Haryono"]

    item = _data(website.get(f"/v1/posts/{_data(published)['id']}"))
    assert item["agency"]["slug"] == AGENCY
    assert item["areas"] == ["64.71.06"]
    assert "<strong>MT Haryono</strong>" in item["body_html"]
    assert item["credit"] == {"unit": "dpu", "initials": ["cha", "mgm"]}
    assert [each["id"] for each in _body(website.get("/v1/posts?area=64.71&kind=pengumuman"))["data"]] == [item["id"]]

    moment(timedelta(minutes=5))
    changed = author("PATCH", path, match=published.headers["ETag"], json={"title": "Jalan MT Haryono dibuka"})
    assert _titles(website) == ["Penutupan Jalan MT Haryono"]
    news = {"change_note": "Jalan dibuka lebih awal."}
    editor.post(f"{path}/publish", news, match=changed.headers["ETag"])
    assert _titles(website) == ["Jalan MT Haryono dibuka"]
    # The address that readers know stays.
    assert _data(website.get(f"/v1/posts/{item['id']}"))["slug"] == item["slug"]


def _post() -> dict[str, Any]:
    return {
        "agency": AGENCY,
        "kind": "pengumuman",
        "title": "Penutupan Jalan MT Haryono",
        "summary": "Ditutup dua hari.",
        "body": "Jalan **MT Haryono** ditutup mulai pukul 08.00 Wita.",
        "areas": ["64.71.06"],
        "dateline": "Balikpapan",
        "credit": {"unit": "dpu", "initials": ["cha", "mgm"]},
    }


def _titles(website: Caller) -> list[str]:
    return [each["title"] for each in _body(website.get("/v1/posts"))["data"]]


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [
        ({"kind": "gone", "explanation": "Jadwal berubah.", "to": "https://dpu.balikpapan.example/baru"}, 410, "gone"),
        ({"kind": "vanish"}, 404, "not_found"),
    ],
)
def test_what_is_taken_back_is_gone_at_once(
    office: Office, website: Caller, told: dict[str, str], status: int, code: str
) -> None:
    editor = office["editor"]
    draft = editor.post("/manage/v1/posts", _post())
    path, item_id = f"/manage/v1/posts/{_data(draft, 201)['id']}", _data(draft, 201)["id"]
    published = editor.post(f"{path}/publish", {}, match=draft.headers["ETag"])
    known = website.get(f"/v1/posts/{item_id}").headers["ETag"]

    _body(office["central"].post(f"{path}/unpublish", told, match=published.headers["ETag"]))

    answer = website.get(f"/v1/posts/{item_id}", headers={"If-None-Match": known})
    assert _body(answer, status)["code"] == code
    assert ("Jadwal berubah." in answer.get_data(as_text=True)) == (status == 410)
    assert _titles(website) == []


def test_a_document_goes_with_its_file_to_the_website(office: Office, website: Caller) -> None:
    author, editor = office["author"], office["editor"]
    draft = author.post("/manage/v1/documents", _document())
    path = f"/manage/v1/documents/{_data(draft, 201)['id']}"
    added = author.post(f"{path}/files", data={"file": (BytesIO(PDF), "Rencana Kerja 2026.pdf"), "label": "Naskah"})
    file_id = _data(added, 201)["id"]
    delivered_path = f"/v1/documents/{_data(draft, 201)['id']}/files/{file_id}"
    assert website.get(delivered_path).status_code == 404

    _body(editor.post(f"{path}/publish", {}, match=added.headers["ETag"]))

    document = _data(website.get(f"/v1/documents/{_data(draft, 201)['id']}"))
    file = document["files"][0]
    assert (document["class"], document["made_at"], file["label"]) == ("berkala", "2026-01", "Naskah")
    assert file["url"].endswith(delivered_path)
    downloaded = website.get(delivered_path)
    assert downloaded.data == PDF
    assert hashlib.sha256(downloaded.data).hexdigest() == file["sha256"]
    assert website.get(delivered_path, headers={"Range": "bytes=0-7"}).data == PDF[:8]

    current = editor.get(path).headers["ETag"]
    _body(office["central"].post(f"{path}/unpublish", {"kind": "vanish"}, match=current))
    assert website.get(delivered_path).status_code == 404


def _document() -> dict[str, Any]:
    return {
        "agency": AGENCY,
        "title": "Rencana Kerja 2026",
        "summary": "Rencana kerja tahunan dinas.",
        "class": "berkala",
        "holder": "Sekretariat",
        "made_at": "2026-01",
        "forms": ["digital"],
    }
