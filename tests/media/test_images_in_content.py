"""Images in posts and documents: what is asked before they are shown, how readers get them, and where they are used."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from cms.core.ids import new_id
from tests.factories import document_content, post_content
from tests.media.library import MEDIA, POSTS, body_with, fault, made, opened, publish, published, upload, uploaded, work
from tests.media.pictures import jpeg
from tests.people import Caller


def test_a_cover_must_be_an_image_of_the_library(author: Caller) -> None:
    assert fault(author.post(POSTS, post_content(cover=new_id()))) == ("/cover", "not_found")
    body = f"![x](/v1/media/{new_id()}/content)"
    assert fault(author.post(POSTS, post_content(body=body))) == ("/body", "not_found")


def test_an_image_of_another_agency_may_be_shown(author: Caller, elsewhere: Caller) -> None:
    assert made(elsewhere, agency="dishub", cover=uploaded(author)["id"])


def test_readers_get_a_cover_with_all_renditions(
    app: Flask, client: FlaskClient, author: Caller, editor: Caller, site: Caller
) -> None:
    image = uploaded(
        author, jpeg(3000, 2000), alt="Jalan MT Haryono", credit="Humas DPU", focal_point='{"x": 20, "y": 80}'
    )
    assert work(app) == 1
    post = published(editor, cover=image["id"])

    full = site.get(f"/v1/posts/{post['id']}").json["data"]  # type: ignore[index]
    card = site.get("/v1/posts").json["data"][0]  # type: ignore[index]

    cover = full["cover"]
    assert card["cover"] == cover
    assert (cover["id"], cover["alt"], cover["credit"]) == (image["id"], "Jalan MT Haryono", "Humas DPU")
    assert cover["focal_point"] == {"x": 20, "y": 80}
    sizes = {"card": (400, 267), "content": (1200, 800), "social": (1200, 630), "square": (1080, 1080)}
    for name, size in sizes.items():
        shown = cover["renditions"][name]
        assert (shown["width"], shown["height"]) == size
        for address, encoding in ((shown["webp"], "WEBP"), (shown["jpeg"], "JPEG")):
            answer = client.get(address)
            picture = opened(answer)
            assert (picture.size, picture.format) == (size, encoding)
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert answer.headers["Content-Disposition"].startswith("inline")
    assert opened(client.get(cover["url"])).size == (3000, 2000)


def test_a_cut_keeps_the_focal_point(app: Flask, client: FlaskClient, editor: Caller, site: Caller) -> None:
    image = uploaded(editor, jpeg(3000, 1000), focal_point='{"x": 0}')
    work(app)
    post = published(editor, cover=image["id"])

    square = site.get(f"/v1/posts/{post['id']}").json["data"]["cover"]["renditions"]["square"]  # type: ignore[index]
    picture = opened(client.get(square["jpeg"]))

    # 1000 pixels from the left edge, where the red corner is; never enlarged to 1080.
    assert picture.size == (1000, 1000)
    assert picture.getpixel((5, 5))[0] > 180  # type: ignore[index]


def test_nobody_waits_for_the_worker(app: Flask, client: FlaskClient, editor: Caller, site: Caller) -> None:
    post = published(editor, cover=uploaded(editor)["id"])
    address = site.get(f"/v1/posts/{post['id']}").json["data"]["cover"]["renditions"]["card"]["webp"]  # type: ignore[index]

    before = client.get(address)
    work(app)
    after = client.get(address)

    assert (before.mimetype, before.headers["Cache-Control"]) == ("image/jpeg", "no-cache")
    assert opened(before).size == (1600, 1200)
    assert (after.mimetype, opened(after).size) == ("image/webp", (400, 300))
    assert before.headers["ETag"] != after.headers["ETag"]


def test_the_stable_address_leads_to_the_bytes(
    app: Flask, client: FlaskClient, editor: Caller, site: Caller, people: Any
) -> None:
    image = uploaded(editor)
    published(editor, cover=image["id"])
    stable = f"/v1/media/{image['id']}"

    for name, leads_to in (("card", "card.jpg"), ("card.webp", "card.webp"), ("original", "original")):
        answer = site.get(f"{stable}/{name}")
        assert answer.status_code == 307
        assert answer.headers["Location"].endswith(f"/{leads_to}")
        assert client.get(answer.headers["Location"]).status_code == 200
    assert client.get(f"{stable}/card").status_code == 401
    assert people.website(agencies=["dishub"]).get(f"{stable}/card").status_code == 404
    assert people.website(agencies=["dpu"]).get(f"{stable}/card").status_code == 307
    for name in ("huge", "card.gif", "card.webp.jpg", "..", "original.jpg"):
        assert site.get(f"{stable}/{name}").status_code == 404


def test_what_no_live_item_shows_does_not_exist_for_readers(
    app: Flask, client: FlaskClient, editor: Caller, site: Caller
) -> None:
    image = uploaded(editor)
    work(app)
    post = made(editor, cover=image["id"])
    stable = f"/v1/media/{image['id']}/card.webp"
    assert site.get(stable).status_code == 404

    live = publish(editor, post)
    address = site.get(stable).headers["Location"]
    assert client.get(address).status_code == 200
    wrong = address.replace(address.split("/")[4], "0" * 16)
    assert client.get(wrong).status_code == 404

    gone = editor(
        "POST",
        f"{POSTS}/{post['id']}/unpublish",
        match=live.headers["ETag"],
        json={"kind": "gone", "explanation": "Ditarik."},
    )
    assert gone.status_code == 200
    assert (site.get(stable).status_code, client.get(address).status_code) == (404, 404)
    assert client.get(address).headers["X-Content-Type-Options"] == "nosniff"


def test_a_token_that_is_sent_must_be_right(client: FlaskClient, editor: Caller, site: Caller) -> None:
    image = uploaded(editor)
    published(editor, cover=image["id"])
    address = site.get(f"/v1/media/{image['id']}/card").headers["Location"]

    assert site.get(address).status_code == 200
    assert editor.get(address).status_code == 401
    assert client.get(address, headers={"Authorization": "Bearer smp_wrong"}).status_code == 401


def test_answers_are_conditional_and_partial(client: FlaskClient, editor: Caller, site: Caller) -> None:
    image = uploaded(editor)
    published(editor, cover=image["id"])
    address = site.get(f"/v1/media/{image['id']}/original").headers["Location"]
    whole = client.get(address)

    tag, moment = whole.headers["ETag"], whole.headers["Last-Modified"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        assert client.get(address, headers={"If-None-Match": known}).status_code == 304
    assert client.get(address, headers={"If-Modified-Since": moment}).status_code == 304
    # The tag counts, whatever the date says.
    assert client.get(address, headers={"If-None-Match": '"other"', "If-Modified-Since": moment}).status_code == 200
    # A weak tag joins no parts.
    assert client.get(address, headers={"Range": "bytes=0-99", "If-Range": f"W/{tag}"}).status_code == 200
    part = client.get(address, headers={"Range": "bytes=0-99"})
    assert (part.status_code, part.data) == (206, whole.data[:100])
    assert client.head(address).headers["Content-Length"] == str(len(whole.data))


def test_without_alternative_text_nothing_is_published(author: Caller, editor: Caller) -> None:
    image = upload(author).json["data"]  # type: ignore[index]
    with_cover = made(editor, cover=image["id"])
    with_body = made(editor, title="Dua", body=body_with(image, "Teks sendiri"))

    assert fault(publish(editor, with_cover)) == ("/cover", "alt_needed")
    assert fault(publish(editor, with_body)) == ("/body", "alt_needed")

    told = author("PATCH", f"{MEDIA}/{image['id']}", match=1, json={"alt": "Jalan MT Haryono"})
    assert told.status_code == 200
    assert publish(editor, with_cover).status_code == 200
    assert publish(editor, with_body).status_code == 200


def test_a_decorative_image_needs_no_text(editor: Caller, site: Caller) -> None:
    image = uploaded(editor, alt=None, decorative="true")

    post = published(editor, cover=image["id"])

    assert site.get(f"/v1/posts/{post['id']}").json["data"]["cover"]["alt"] == ""  # type: ignore[index]


@pytest.mark.parametrize(
    ("alt", "name", "shown"),
    [
        ("", "/content.webp", 'alt="Pekerja &amp; &quot;alat&quot;"'),
        ("Teks sendiri", "/card", 'alt="Teks sendiri"'),
        ("", "", 'alt="Pekerja &amp; &quot;alat&quot;"'),
    ],
)
def test_images_in_bodies_get_addresses_that_pages_can_show(
    client: FlaskClient, editor: Caller, site: Caller, alt: str, name: str, shown: str
) -> None:
    image = uploaded(editor, alt='Pekerja & "alat"')

    post = published(editor, body=body_with(image, alt, name))

    html = site.get(f"/v1/posts/{post['id']}").json["data"]["body_html"]  # type: ignore[index]
    assert shown in html
    source = html.split('src="')[1].split('"')[0]
    assert source.startswith(f"/v1/media/{image['id']}/")
    assert client.get(source).status_code == 200


def test_images_in_documents(client: FlaskClient, editor: Caller, site: Caller) -> None:
    image = uploaded(editor)
    answer = editor.post("/manage/v1/documents", document_content(body=body_with(image)))
    document = {**answer.json["data"], "etag": answer.headers["ETag"]}  # type: ignore[index]
    assert publish(editor, document, "/manage/v1/documents").status_code == 200

    full = site.get(f"/v1/documents/{document['id']}").json["data"]  # type: ignore[index]

    assert full["files"] == []
    assert client.get(full["body_html"].split('src="')[1].split('"')[0]).status_code == 200


def test_renditions_are_small_and_plain(app: Flask, client: FlaskClient, editor: Caller, site: Caller) -> None:
    image = uploaded(editor, jpeg(300, 200))
    work(app)
    post = published(editor, cover=image["id"])

    cover = site.get(f"/v1/posts/{post['id']}").json["data"]["cover"]  # type: ignore[index]

    sizes = {name: (shown["width"], shown["height"]) for name, shown in cover["renditions"].items()}
    assert sizes == {"card": (300, 200), "content": (300, 200), "social": (300, 158), "square": (200, 200)}
    for shown in cover["renditions"].values():
        picture = Image.open(BytesIO(client.get(shown["webp"]).data))
        assert picture.size == (shown["width"], shown["height"])
        assert not picture.getexif()
