"""Pictures of a draft behind a preview link: seen by whoever has the link, and by nobody else."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cms.core.permissions import Role
from tests.editorial.city import Caller, post
from tests.media.library import opened, uploaded, work
from tests.media.pictures import jpeg
from tests.people import People

BROWSER = {"Accept": "text/html"}
Callers = dict[str, Caller]


@pytest.fixture
def image(client: FlaskClient, people: People, callers: Callers) -> dict[str, Any]:
    """An image that nothing published shows."""
    return uploaded(people.person(Role.AUTHOR, "dpu"), jpeg(320, 240))


def draft(callers: Callers, image: dict[str, Any], **link: Any) -> tuple[str, str, str]:
    """The id of a draft that shows the image twice, where its link leads, and the address of the link itself."""
    made = callers["author"]("POST", "posts", post(cover=image["id"], body=f"Teks.\n\n![](/v1/media/{image['id']})"))
    assert made.status_code == 201, made.json
    item_id = made.json["data"]["id"]
    made = callers["author"]("POST", f"posts/{item_id}/previews", link)
    return (
        item_id,
        urlsplit(made.json["data"]["content_url"]).path,
        f"posts/{item_id}/previews/{made.json['data']['id']}",
    )


def pictures_of(html: str) -> list[str]:
    """Every address of a picture in a page."""
    return [
        *re.findall(r'<img[^>]* src="([^"]+)"', html),
        *(each.split()[0] for found in re.findall(r'srcset="([^"]+)"', html) for each in found.split(", ")),
    ]


def test_a_page_shows_the_pictures_of_its_draft(
    app: Flask, client: FlaskClient, callers: Callers, image: dict[str, Any]
) -> None:
    _id, address, _link = draft(callers, image)
    shown = pictures_of(client.get(address, headers=BROWSER).text)

    assert len(shown) >= 2
    for each in shown:
        # The whole picture, until the worker has made the renditions.
        assert opened(client.get(each)).size == (320, 240)
    work(app)
    answer = client.get(shown[0])
    assert opened(answer).size == (320, 240)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"].startswith("noindex")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_program_gets_addresses_that_open_too(client: FlaskClient, callers: Callers, image: dict[str, Any]) -> None:
    _id, address, _link = draft(callers, image)
    data = client.get(address).json["data"]

    assert opened(client.get(data["cover"]["renditions"]["card"]["webp"])).size == (320, 240)
    assert all(client.get(each).status_code == 200 for each in pictures_of(data["body_html"]))


def test_readers_addresses_stay_closed(client: FlaskClient, callers: Callers, image: dict[str, Any]) -> None:
    _id, address, _link = draft(callers, image)
    client.get(address, headers=BROWSER)
    assert client.get(f"/v1/media/{image['id']}/{'0' * 16}/card.jpg").status_code == 404


def test_an_address_ends_after_an_hour_and_another_visit_has_another(
    client: FlaskClient, callers: Callers, image: dict[str, Any], moment: Any
) -> None:
    _id, address, _link = draft(callers, image)
    first = pictures_of(client.get(address, headers=BROWSER).text)[0]
    moment(timedelta(minutes=59, seconds=59))
    assert client.get(first).status_code == 200
    moment(timedelta(seconds=1))
    ended = client.get(first)
    assert (ended.status_code, ended.json["code"]) == (410, "preview_ended")
    assert client.get(pictures_of(client.get(address, headers=BROWSER).text)[0]).status_code == 200


def test_an_address_ends_with_its_link(
    client: FlaskClient, callers: Callers, image: dict[str, Any], moment: Any
) -> None:
    _id, address, link = draft(callers, image)
    shown = pictures_of(client.get(address, headers=BROWSER).text)[0]
    assert callers["author"]("DELETE", link).status_code == 204
    assert client.get(shown).status_code == 410

    _id, address, _link = draft(callers, image, expires_in=60)
    shown = pictures_of(client.get(address, headers=BROWSER).text)[0]
    moment(timedelta(seconds=60))
    assert client.get(shown).status_code == 410


def test_the_last_use_of_a_link_still_has_its_pictures(
    client: FlaskClient, callers: Callers, image: dict[str, Any]
) -> None:
    _id, address, _link = draft(callers, image, uses=1)
    shown = pictures_of(client.get(address, headers=BROWSER).text)
    assert client.get(address, headers=BROWSER).status_code == 410
    assert all(client.get(each).status_code == 200 for each in shown)


def test_an_address_opens_one_picture_and_nothing_else(
    client: FlaskClient, people: People, callers: Callers, image: dict[str, Any]
) -> None:
    other = uploaded(people.person(Role.AUTHOR, "dpu"), jpeg(64, 48), "lain.jpg")
    _id, address, _link = draft(callers, image)
    shown = pictures_of(client.get(address, headers=BROWSER).text)[0]
    token = shown.split("/")[3]

    assert client.get(shown.replace(image["id"], other["id"])).status_code == 404
    later = shown.replace(token.split(".")[3], str(int(token.split(".")[3]) + 3_600))
    for wrong in (
        later,
        f"{shown}x",
        f"/preview/media/{address.rsplit('/', 1)[1]}/card.jpg",
        "/preview/media/x/card.jpg",
    ):
        assert client.get(wrong).status_code == 404, wrong
    # What opens a picture opens no draft.
    assert client.get(f"/preview/posts/{token}").status_code == 404


def test_a_published_edition_shows_readers_addresses(
    client: FlaskClient, callers: Callers, image: dict[str, Any]
) -> None:
    item_id, address, _link = draft(callers, image)
    callers["editor"]("POST", f"posts/{item_id}/publish", {}, match='"v1"')
    page = client.get(address, headers=BROWSER).text

    assert "/preview/media/" not in page
    assert all(client.get(each).status_code == 200 for each in pictures_of(page))
