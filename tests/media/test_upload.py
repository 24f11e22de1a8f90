"""Uploading: what is kept of an image is its pixels; what cannot be decoded safely is refused with a reason, quickly."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from cms.core.permissions import Role
from tests.documents.samples import PDF
from tests.media import pictures
from tests.media.library import MEDIA, fault, opened, upload, uploaded
from tests.media.pictures import encoded, jpeg, picture
from tests.people import Caller, People


def original_of(caller: Caller, image: dict[str, Any]) -> bytes:
    answer = caller.get(f"{MEDIA}/{image['id']}/renditions/original")
    assert answer.status_code == 200
    return answer.data


def test_an_upload_answers_with_the_image(author: Caller) -> None:
    answer = upload(
        author, alt="Jalan MT Haryono", credit="Humas DPU", caption="Pagi ini", focal_point='{"x": 30, "y": 70}'
    )

    assert answer.status_code == 201, answer.json
    image = answer.json["data"]  # type: ignore[index]
    assert answer.headers["ETag"] == '"v1"'
    assert answer.headers["Location"] == f"http://localhost{MEDIA}/{image['id']}"
    assert (image["width"], image["height"], image["media_type"]) == (1600, 1200, "image/jpeg")
    assert (image["alt"], image["credit"], image["caption"]) == ("Jalan MT Haryono", "Humas DPU", "Pagi ini")
    assert image["focal_point"] == {"x": 30, "y": 70}
    assert (image["state"], image["decorative"], image["agency"]) == ("waiting", False, "dpu")
    assert author.get(f"{MEDIA}/{image['id']}").json["data"] == image  # type: ignore[index]


def test_the_agency_of_somebody_who_has_one_needs_not_be_named(author: Caller, central: Caller) -> None:
    assert upload(author, agency=None).status_code == 201
    assert fault(upload(central, agency=None)) == ("/agency", "required")
    assert fault(upload(central, agency="tidak-ada")) == ("/agency", "not_found")
    assert upload(author, jpeg(shade=1), agency="dishub").status_code == 403


@pytest.mark.parametrize(
    ("content", "name", "kept_as"),
    [
        (pictures.photo_with_secrets(), "foto.jpg", "JPEG"),
        (pictures.png_with_secrets(), "gambar.png", "PNG"),
        (pictures.webp_with_secrets(), "gambar.webp", "WEBP"),
        (encoded(picture(300, 200), "GIF", comment=pictures.SECRET_PLACE.encode()), "gambar.gif", "PNG"),
        (encoded(picture(300, 200), "AVIF", xmp=pictures.SECRET_PLACE.encode()), "gambar.avif", "WEBP"),
    ],
)
def test_only_pixels_are_kept(author: Caller, content: bytes, name: str, kept_as: str) -> None:
    assert pictures.SECRET_PLACE.encode() in content

    kept = original_of(author, uploaded(author, content, name))

    assert pictures.SECRET_PLACE.encode() not in kept
    for mark in (b"Exif", b"GPS", b"no profile", b"ICC_PROFILE", b"iCCP", b"xmpmeta", b"EXIF", b"XMP "):
        assert mark not in kept
    image = Image.open(BytesIO(kept))
    assert image.format == kept_as
    assert not image.getexif()
    assert not {"exif", "icc_profile", "comment", "xmp", "Author"}.intersection(image.info)


@pytest.mark.parametrize(("orientation", "corner"), [(1, "tl"), (3, "br"), (6, "tr"), (8, "bl")])
def test_a_photo_stands_upright(author: Caller, orientation: int, corner: str) -> None:
    content = pictures.photo_with_secrets(orientation)

    image = Image.open(BytesIO(original_of(author, uploaded(author, content))))

    assert image.size == ((1600, 1200) if orientation in (1, 3) else (1200, 1600))
    places = {
        "tl": (10, 10),
        "tr": (image.width - 10, 10),
        "bl": (10, image.height - 10),
        "br": (image.width - 10, image.height - 10),
    }
    reds = [place for place, at in places.items() if image.getpixel(at)[0] > 180]  # type: ignore[index]
    assert reds == [corner]


def test_transparency_is_kept_and_white_in_jpeg(app: Flask, author: Caller) -> None:
    clear = Image.new("RGBA", (500, 400), (0, 0, 0, 0))
    image = Image.open(BytesIO(original_of(author, uploaded(author, encoded(clear, "PNG"), "bening.png"))))

    assert image.mode == "RGBA"
    assert image.getpixel((5, 5))[3] == 0  # type: ignore[index]


def test_of_a_moving_image_the_first_picture_is_kept(author: Caller) -> None:
    answer = upload(author, pictures.moving_gif(), "gerak.gif")

    assert answer.status_code == 201
    assert [warning["code"] for warning in answer.json["meta"]["warnings"]] == ["first_picture_only"]  # type: ignore[index]


def test_a_large_photo_is_kept_at_a_size_that_screens_show(author: Caller) -> None:
    image = uploaded(author, jpeg(5000, 2500))

    assert (image["width"], image["height"]) == (4096, 2048)


def test_the_same_picture_is_found_again(author: Caller, central: Caller) -> None:
    first = uploaded(author)

    again = upload(author, alt="Lain")
    stripped = upload(author, jpeg() + b"trailing bytes", name="salinan.jpg")
    other = upload(central, agency="dishub")

    for answer in (again, stripped):
        assert answer.status_code == 200
        assert answer.json["data"] == first  # type: ignore[index]
        assert [warning["code"] for warning in answer.json["meta"]["warnings"]] == ["duplicate"]  # type: ignore[index]
    assert other.status_code == 201
    assert other.json["data"]["sha256"] == first["sha256"]  # type: ignore[index]


HOSTILE: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "empty": (lambda: b"", "a.jpg", "empty_file"),
    "truncated JPEG": (lambda: jpeg()[:2000], "a.jpg", "damaged_file"),
    "truncated PNG": (lambda: pictures.png_with_secrets()[:-400], "a.png", "damaged_file"),
    "only a JPEG signature": (lambda: b"\xff\xd8\xff\xe0" + bytes(5000), "a.jpg", "damaged_file"),
    "only a WEBP signature": (lambda: b"RIFF\x10\0\0\0WEBPVP8 " + bytes(100), "a.webp", "damaged_file"),
    "only an AVIF signature": (lambda: b"\0\0\0\x20ftypavif" + bytes(100), "a.avif", "damaged_file"),
    "only a GIF signature": (lambda: b"GIF89a" + b"\xff" * 5000, "a.gif", "damaged_file"),
    "bomb": (pictures.png_bomb, "a.png", "too_many_pixels"),
    "a little more than 40 MP": (lambda: pictures.png_that_says(8000, 5001), "a.png", "too_many_pixels"),
    "one long line": (lambda: pictures.png_that_says(16_001, 1), "a.png", "too_many_pixels"),
    "largest size that a PNG can say": (
        lambda: pictures.png_that_says(2**31 - 1, 2**31 - 1),
        "a.png",
        "too_many_pixels",
    ),
    "no size": (lambda: pictures.png_that_says(0, 0), "a.png", "damaged_file"),
    "40 MP without the pixels": (lambda: pictures.png_that_says(8000, 5000), "a.png", "damaged_file"),
    "more memory than is given": (
        # The whole file is kept in memory beside the picture, what follows the picture included.
        lambda: encoded(picture(8000, 5000, "RGBA"), "WEBP", method=0).ljust(19_900_000, b"\0"),
        "a.webp",
        "too_demanding",
    ),
    "PNG called JPEG": (lambda: encoded(picture(300, 200), "PNG"), "a.jpg", "extension_mismatch"),
    "no extension": (jpeg, "a", "extension_mismatch"),
    "JPEG called SVG": (jpeg, "a.svg", "extension_mismatch"),
}


def processor_seconds() -> float:
    """What this process and its ended children, the decoders, have taken: a busy machine changes little of it."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_hostile_or_broken_is_refused(author: Caller, what: str) -> None:
    make, name, code = HOSTILE[what]
    content, before = make(), processor_seconds()

    answer = upload(author, content, name)

    assert answer.status_code == 422, answer.json
    assert fault(answer) == ("/file", code)
    assert processor_seconds() - before < 20
    assert author.get(MEDIA).json["data"] == []  # type: ignore[index]


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
TIFF = b"II*\0" + bytes(100)
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)


@pytest.mark.parametrize(
    ("content", "name", "status", "told"),
    [
        (SVG, "a.svg", 415, "an SVG drawing: save it as PNG"),
        (SVG, "a.png", 422, "an SVG drawing: save it as PNG"),
        (PDF, "a.pdf", 415, "no image of these formats"),
        (PDF, "a.jpg", 422, "no image of these formats"),
        (TIFF, "a.tif", 415, "save it as JPEG or PNG"),
        (HEIC, "IMG_1.HEIC", 415, "a HEIC picture: save it as JPEG"),
        (HEIC, "IMG_1.jpg", 422, "a HEIC picture: save it as JPEG"),
        (b"<html>", "a.gif", 422, "a web page"),
    ],
)
def test_other_kinds_of_files_are_refused_and_named(
    author: Caller, content: bytes, name: str, status: int, told: str
) -> None:
    answer = upload(author, content, name)

    assert answer.status_code == status
    assert answer.json["code"] == "unsupported_file_type"  # type: ignore[index]
    assert told in answer.json["detail"]  # type: ignore[index]


def test_a_file_that_is_also_something_else_becomes_only_an_image(author: Caller) -> None:
    payload = b"PK\x03\x04<?php system($_GET[0]); ?><script>alert(1)</script>%PDF-1.7"

    kept = original_of(author, uploaded(author, jpeg() + payload))

    for trace in (b"<?php", b"<script>", b"%PDF", b"PK\x03\x04"):
        assert trace not in kept


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"alt": "a" * 501}, "/alt", "too_long"),
        ({"alt": "\u200b\u2060"}, "/alt", "blank"),
        ({"focal_point": '{"x": 101}'}, "/focal_point/x", "too_big"),
        ({"focal_point": '{"x": 5, "y": -1}'}, "/focal_point/y", "too_small"),
        ({"focal_point": '{"x": 1.5}'}, "/focal_point/x", "wrong_type"),
        ({"focal_point": "[1, 2]"}, "/focal_point", "wrong_type"),
        ({"focal_point": "20,80"}, "/focal_point", "wrong_type"),
        ({"focal_point": "9" * 101}, "/focal_point", "too_long"),
        ({"decorative": "yes"}, "/decorative", "wrong_type"),
        ({"decorative": "true", "alt": "Ada"}, "/alt", "not_with"),
    ],
)
def test_fields_are_checked(author: Caller, fields: dict[str, str], pointer: str, code: str) -> None:
    assert fault(upload(author, **fields)) == (pointer, code)


def test_an_empty_field_of_a_form_and_null_say_nothing(author: Caller) -> None:
    names = ("agency", "alt", "decorative", "caption", "credit", "focal_point")
    answer = upload(author, **dict.fromkeys(names, "null"))
    assert answer.status_code == 201, answer.json
    image = answer.json["data"]  # type: ignore[index]
    assert (image["alt"], image["caption"], image["decorative"], image["agency"]) == (None, None, False, "dpu")
    assert image["focal_point"] == {"x": 50, "y": 50}

    assert upload(author, jpeg(shade=1), **dict.fromkeys(names, "")).status_code == 201


def test_unknown_fields_and_missing_files_are_refused(author: Caller) -> None:
    assert upload(author, sha256="0" * 64).json["code"] == "unknown_field"  # type: ignore[index]
    assert fault(author("POST", MEDIA, data={"alt": "Ada"}, content_type="multipart/form-data")) == (
        "/file",
        "required",
    )
    assert author("POST", MEDIA, json={"file": "x"}).status_code == 415


def test_a_file_that_is_too_large_is_refused(author: Caller) -> None:
    assert upload(author, jpeg(50, 50) + bytes(20_000_000)).status_code == 413


def test_who_may_not_write_for_the_agency(elsewhere: Caller, people: People) -> None:
    assert upload(elsewhere).status_code == 403
    assert upload(people.person(Role.AUDITOR)).status_code == 403


def test_the_library_is_shared_and_filtered(author: Caller, elsewhere: Caller) -> None:
    first = uploaded(author, jpeg(shade=1), alt="Banjir di Manggar")
    second = uploaded(author, jpeg(shade=2), alt=None)
    third = uploaded(elsewhere, jpeg(shade=3), agency="dishub", name="terminal.jpg")

    def ids(query: str = "") -> list[str]:
        return [image["id"] for image in elsewhere.get(f"{MEDIA}{query}").json["data"]]  # type: ignore[index]

    assert ids() == [third["id"], second["id"], first["id"]]
    assert ids("?agency=dpu") == [second["id"], first["id"]]
    assert ids("?has_alt=false") == [second["id"]]
    assert ids("?q=banjir") == [first["id"]]
    assert ids("?q=TERMINAL") == [third["id"]]
    assert ids("?q=%25%25") == []
    page = elsewhere.get(f"{MEDIA}?limit=2").json
    assert page is not None
    rest = elsewhere.get(page["links"]["next"].removeprefix("http://localhost")).json
    assert [image["id"] for image in (*page["data"], *rest["data"])] == ids()  # type: ignore[index]


def test_an_editor_sees_renditions_at_once(app: Flask, author: Caller) -> None:
    image = uploaded(author)

    before = opened(author.get(image["renditions"]["card"]["webp"]))

    assert before.size == (1600, 1200)
    assert author.get(f"{MEDIA}/{image['id']}/renditions/huge").status_code == 404
