"""Pictures of the library in bodies: their addresses, sizes and words, and the focal point."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import post_content
from tests.media.library import MEDIA, POSTS, body_with, fault, made, opened, publish, published, upload, uploaded, work
from tests.media.pictures import jpeg
from tests.media.test_bodies import act, delivered, warnings
from tests.people import Caller

# --- pictures ---


@pytest.mark.parametrize(
    "address",
    [
        "/v1/media/019ac1a0-7c00-7000-8000-00000000000/content", "/v1/media/{id}/besar", "/v1/media/{id}/content.gif", "/v1/medai/{id}",
        "/v1/media/{ID}/content", "/v1/media/{id}/content/x", "/manage/v1/media/{id}x", "/v1/media/{id}?lebar=3",
    ],
)  # fmt: skip
def test_a_mistyped_address_of_a_picture_is_refused_and_named(author: Caller, address: str) -> None:
    image_id = uploaded(author)["id"]
    address = address.format(id=image_id, ID=image_id.upper())

    answer = author.post(POSTS, post_content(body=f"Teks\n\n![x]({address})"))

    assert fault(answer) == ("/body", "not_found")
    assert address in answer.json["errors"][0]["detail"]  # type: ignore[index]


def test_every_right_address_of_a_picture_shows_it(
    app: Flask, client: FlaskClient, editor: Caller, site: Caller
) -> None:
    image = uploaded(editor)
    host = app.config["PUBLIC_URL"]
    addresses = [
        image["url"], image["renditions"]["card"]["webp"], f"/v1/media/{image['id']}", f"{host}{image['url']}",
        f"{host}{image['renditions']['content']['jpeg']}",
    ]  # fmt: skip
    post = published(editor, body="".join(f"![x]({address})\n\n" for address in addresses))

    sources = re.findall(r' src="([^"]*)"', delivered(site, post)["body_html"])

    assert len(sources) == len(addresses)
    assert {client.get(source).status_code for source in sources} == {200}


def test_pictures_in_bodies_have_sizes_and_renditions_to_choose_from(
    app: Flask, client: FlaskClient, editor: Caller, site: Caller
) -> None:
    image = uploaded(editor, jpeg(1600, 800), alt="Peta")
    work(app)
    wanted: dict[str, tuple[tuple[int, int], list[int]]] = {
        "/content": ((1200, 600), [400, 1200]),
        "/card.jpg": ((400, 200), [400, 1200]),
        "/original": ((1600, 800), [400, 1200, 1600]),
        "/square.webp": ((800, 800), []),
    }
    html = delivered(site, published(editor, body="".join(body_with(image, name=name) + "\n\n" for name in wanted)))[
        "body_html"
    ]

    tags = re.findall("<img[^>]*>", html)
    assert len(tags) == len(wanted)
    for tag, (size, widths) in zip(tags, wanted.values(), strict=True):
        assert f'alt="Peta" width="{size[0]}" height="{size[1]}"' in tag
        assert 'loading="lazy"' in tag
        assert ("sizes=" in tag) == bool(widths)
        choices = re.findall(r"(/v1/media/\S+) ([0-9]+)w", tag)
        assert [int(width) for _address, width in choices] == widths
        # What the attributes say is what a browser gets.
        assert [opened(client.get(address)).size[0] for address, _width in choices] == widths
        assert opened(client.get(re.findall(r' src="([^"]*)"', tag)[0])).size == size


def test_a_small_picture_has_no_choice(app: Flask, editor: Caller, site: Caller) -> None:
    html = delivered(site, published(editor, body=body_with(uploaded(editor, jpeg(300, 200)))))["body_html"]

    assert 'width="300" height="200" loading="lazy"' in html
    assert "srcset" not in html


def test_an_infographic_is_published_with_its_alternative_text_as_text(editor: Caller, site: Caller) -> None:
    image = uploaded(editor, alt="Jadwal imunisasi: Senin di Sepinggan & Selasa di Manggar")
    drawn = uploaded(editor, jpeg(64, 48), alt=None, decorative="true")
    ask = body_with(image).removeprefix("Jalan ditutup.")

    post = published(editor, body=f'{ask}\n\n![Tabel di "kanan"](/v1/media/{image["id"]}/card)')

    assert (
        delivered(site, post)["body_text"]
        == 'Jadwal imunisasi: Senin di Sepinggan & Selasa di Manggar\n\nTabel di "kanan"'
    )
    empty = made(editor, title="Kosong", body=f"![](/v1/media/{drawn['id']}/card)")
    assert fault(publish(editor, empty)) == ("/body", "needed_to_publish")
    # Beside words the text stays as it was written.
    assert delivered(site, published(editor, title="Tiga", body=body_with(image)))["body_text"] == "Jalan ditutup."


def test_words_of_pictures_are_asked_for_at_save_and_at_submit_and_needed_at_approve(
    author: Caller, editor: Caller
) -> None:
    image = upload(author).json["data"]  # type: ignore[index]
    saved = author.post(POSTS, post_content(cover=image["id"], body=body_with(image)))
    post = saved.json["data"]  # type: ignore[index]
    submitted = act(author, post, "submit")

    for answer in (saved, submitted):
        assert answer.status_code < 300
        assert [(told["code"], told["pointer"]) for told in warnings(answer)] == [("alt_needed", "/cover")]
    refused = act(editor, post, "approve")
    assert (refused.status_code, fault(refused)) == (422, ("/cover", "alt_needed"))

    assert editor("PATCH", f"{MEDIA}/{image['id']}", match=1, json={"alt": "Jalan"}).status_code == 200
    approved = act(editor, post, "approve")
    assert (approved.status_code, warnings(approved)) == (200, [])


def test_what_publishing_needs_is_needed_at_approve(author: Caller, editor: Caller) -> None:
    post = made(author, body=None)
    assert warnings(author.get(f"{POSTS}/{post['id']}")) == []

    submitted = act(author, post, "submit")

    assert submitted.status_code == 200
    assert [(told["code"], told["pointer"]) for told in warnings(submitted)] == [("needed_to_publish", "/body")]
    assert fault(act(editor, post, "approve")) == ("/body", "needed_to_publish")


def test_a_link_around_a_picture_of_the_library_is_not_empty(author: Caller) -> None:
    image = uploaded(author)
    post = made(author, body=f"Peta [![](/v1/media/{image['id']}/card)](https://dpu.balikpapan.go.id/peta)")
    assert post["hold"] == []


# --- the focal point ---


def test_a_focal_point_is_written_as_it_is_read(app: Flask, author: Caller) -> None:
    image = uploaded(author, focal_point='{"x": 20, "y": 80}')
    path = f"{MEDIA}/{image['id']}"
    assert image["focal_point"] == {"x": 20, "y": 80}

    for given, point in (
        ({"x": 30}, {"x": 30, "y": 80}),
        (image["focal_point"], {"x": 20, "y": 80}),
        (None, {"x": 50, "y": 50}),
    ):
        version = author.get(path).headers["ETag"]
        answer = author("PATCH", path, match=version, json={"focal_point": given})
        assert (answer.status_code, answer.json["data"]["focal_point"]) == (200, point)  # type: ignore[index]
    unknown = author("PATCH", path, match=answer.headers["ETag"], json={"focal_point": {"z": 1}})
    assert (unknown.status_code, fault(unknown)) == (400, ("/focal_point/z", "unknown_field"))
    old = author("PATCH", path, match=answer.headers["ETag"], json={"focal_x": 1})
    assert (old.status_code, fault(old)) == (400, ("/focal_x", "unknown_field"))
