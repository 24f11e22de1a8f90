"""What is told to who writes a body, and how readers get its pictures, films and links."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from cms.core.db import session
from cms.editorial.items.models import Edition
from tests.conftest import counted_statements, second_app
from tests.factories import document_content, post_content
from tests.media.library import MEDIA, POSTS, body_with, fault, made, publish, published, uploaded
from tests.people import Caller

VIDEO = "aqz-KE-bpKQ"
LOSSES = (
    '<p>Isi</p><img src="https://lain.example/a.jpg"><a href="https://lain.example/b.jpg"><img src="https://lain.example/b.jpg"></a>'
    '<video src="x.mp4"></video>'
)


def warnings(answer: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer.json["meta"].get("warnings", [])
    return found


def act(caller: Caller, post: dict[str, Any], verb: str) -> Any:
    return caller(
        "POST", f"{POSTS}/{post['id']}/{verb}", match=caller.get(f"{POSTS}/{post['id']}").headers["ETag"], json={}
    )


def delivered(site: Caller, post: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = site.get(f"/v1/posts/{post['id']}").json["data"]  # type: ignore[index]
    return data


# --- what is told ---


@pytest.mark.parametrize(
    ("language", "words"), [("en", "pictures of other sites or inside the text (2), links that"), ("id", "video (1)")]
)
def test_what_a_body_lost_is_told_at_save_and_at_publish(editor: Caller, language: str, words: str) -> None:
    spoken = {"Accept-Language": language}
    saved = editor("POST", POSTS, json=post_content(body=LOSSES, body_format="html"), headers=spoken)
    post = saved.json["data"]  # type: ignore[index]
    path = f"{POSTS}/{post['id']}"
    changed = editor("PATCH", path, match=1, json={"title": "Judul lain"}, headers=spoken)
    live = editor("POST", f"{path}/publish", match=2, json={}, headers=spoken)

    assert (saved.status_code, live.status_code, post["hold"]) == (201, 200, [])
    for answer in (saved, changed, live):
        (told,) = warnings(answer)
        assert (told["code"], told["pointer"]) == ("removed_markup", "/body")
        assert words in told["detail"]
        assert told["removed"] == [
            {"kind": "image", "count": 2},
            {"kind": "link", "count": 1},
            {"kind": "video", "count": 1},
        ]

    mended = editor("PATCH", path, match=3, json={"body": "<p>Isi</p>"})
    assert warnings(mended) == []


def test_publishing_computes_nothing_anew_to_tell_it(
    app: Flask, editor: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is stored with the edition."""
    post = made(editor, body=LOSSES, body_format="html")
    with app.app_context():
        assert session.get_one(Edition, (post["id"], 1)).removed_markup == {"image": 2, "link": 1, "video": 1}

    with counted_statements(app) as statements:
        assert publish(editor, post).status_code == 200
    plain = made(editor, title="Tanpa", body="<p>Isi</p>", body_format="html")
    with counted_statements(app) as usual:
        assert publish(editor, plain).status_code == 200
    assert len(statements) == len(usual)


def test_unsafe_links_are_named_one_by_one(editor: Caller) -> None:
    body = (
        "[Baik](https://dpu.balikpapan.go.id/a%20b) [Unduh **formulir**](javascript:x) [](/x) [Lampiran](berkas/a.pdf)"
    )

    answer = editor("POST", POSTS, json=post_content(body=body), headers={"Accept-Language": "id"})

    assert answer.status_code == 422
    errors = answer.json["errors"]  # type: ignore[index]
    assert [(error["pointer"], error["code"]) for error in errors] == [("/body", "unsafe_link")] * 2
    assert errors[0]["detail"].startswith(
        "Alamat javascript:x (no. 2, \u201cUnduh formulir\u201d) tidak dapat dipakai: tidak diawali"
    )
    assert "berkas/a.pdf (no. 4, \u201cLampiran\u201d)" in errors[1]["detail"]
    assert "relatif" in errors[1]["detail"]


def test_links_are_encoded_and_stay(editor: Caller, site: Caller) -> None:
    body = '<p><a href="/unduh/Surat Edaran.pdf">a</a> <a href="mailto:a@x.go.id?subject=Izin Usaha">b</a> <a href="">c</a></p>'

    html = delivered(site, published(editor, body=body, body_format="html"))["body_html"]

    assert (
        html
        == '<p><a href="/unduh/Surat%20Edaran.pdf">a</a> <a href="mailto:a@x.go.id?subject=Izin%20Usaha">b</a> c</p>'
    )


def test_addresses_in_fields_are_encoded_too(author: Caller) -> None:
    post = made(author, source_url="https://dpu.balikpapan.go.id/Surat Edaran.pdf")
    assert post["source_url"] == "https://dpu.balikpapan.go.id/Surat%20Edaran.pdf"
    long = author.post(POSTS, post_content(source_url="https://dpu.balikpapan.go.id/" + "a " * 230))
    assert fault(long) == ("/source_url", "too_long")


# --- films and maps ---


def test_films_and_maps_reach_readers_as_data_and_as_marked_links(author: Caller, editor: Caller, site: Caller) -> None:
    frames = (
        f'<p>Lihat</p><iframe src="https://www.youtube.com/embed/{VIDEO}?start=90" title="Uji KIR"></iframe>'
        '<iframe src="https://www.openstreetmap.org/export/embed.html?bbox=1,2,3,4"></iframe>'
    )
    made_document = editor.post("/manage/v1/documents", document_content(body=frames, body_format="html"))
    document = {**made_document.json["data"], "etag": made_document.headers["ETag"]}  # type: ignore[index]
    assert publish(editor, document, "/manage/v1/documents").status_code == 200
    post = made(author, body=frames, body_format="html")
    # Nobody has to allow the domains of providers that a body may have.
    assert (post["hold"], warnings(publish(editor, post))) == ([], [])

    wanted = [
        {"provider": "youtube", "id": VIDEO, "start": 90, "title": "Uji KIR"},
        {"provider": "openstreetmap", "id": "bbox=1,2,3,4", "start": None, "title": None},
    ]
    for path in (f"/v1/posts/{post['id']}", f"/v1/documents/{document['id']}"):
        full = site.get(path).json["data"]  # type: ignore[index]
        assert full["embeds"] == wanted
        assert re.findall(r'data-embed="([^"]*)"', full["body_html"]) == [
            f"youtube:{VIDEO}?start=90",
            "openstreetmap:bbox=1,2,3,4",
        ]
        assert "<iframe" not in full["body_html"]
        assert "Uji KIR" in full["body_text"]
    assert site.get("/v1/posts?fields=embeds").json["data"][0] == {"embeds": wanted}  # type: ignore[index]


# --- the base of addresses ---


def test_every_answer_says_once_what_stands_before_its_paths(app: Flask, editor: Caller, site: Caller) -> None:
    base = app.config["PUBLIC_URL"]
    image = uploaded(editor)
    post = published(editor, cover=image["id"], body=body_with(image))
    answers = [
        *(
            site.get(path)
            for path in (
                "/v1/posts", f"/v1/posts/{post['id']}", f"/v1/posts/{post['id']}?fields=title", f"/v1/items?ids={post['id']}",
                "/v1/agencies", "/v1/agencies/dpu", "/v1/areas", "/v1/capabilities", "/v1/whoami",
                f"/v1/resolve?type=post&agency=dpu&slug={post['slug']}",
            )
        ),
        *(editor.get(path) for path in (POSTS, f"{POSTS}/{post['id']}", MEDIA, f"{MEDIA}/{image['id']}", "/manage/v1/reviews")),
    ]  # fmt: skip

    for answer in answers:
        assert answer.status_code == 200
        assert answer.json["meta"]["media_base"] == base  # type: ignore[index]
    assert base not in answers[1].json["data"]["body_html"]  # type: ignore[index]


def test_another_public_address_changes_the_answer_and_no_text(
    environment: dict[str, str], editor: Caller, site: Caller
) -> None:
    image = uploaded(editor)
    path = f"/v1/posts/{published(editor, cover=image['id'], body=body_with(image))['id']}"
    before = site.get(path)

    with second_app({**environment, "PUBLIC_URL": "https://pindah.example"}) as moved:
        after = moved.test_client().get(path, headers={**site.headers, "If-None-Match": before.headers["ETag"]})

    assert after.status_code == 200
    assert after.json["meta"]["media_base"] == "https://pindah.example"  # type: ignore[index]
    for name in ("body_html", "cover"):
        assert after.json["data"][name] == before.json["data"][name]  # type: ignore[index]
