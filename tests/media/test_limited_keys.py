"""The stable address of an image for keys that see some agencies only: whoever sees the item sees its picture."""

from __future__ import annotations

from flask import Flask

from cms.core.permissions import Role
from tests.factories import add_city, add_image
from tests.media.library import published
from tests.people import People


def test_a_key_gets_the_pictures_of_what_its_agencies_carry(app: Flask, people: People) -> None:
    add_city(app)
    image, editor = add_image(app), people.person(Role.AGENCY_EDITOR, "dpu")
    post = published(editor, cover=image)
    site = people.website(agencies=["dishub"], owner="dishub")
    paths = (f"/v1/posts/{post['id']}", f"/v1/media/{image}/card")
    assert [site.get(path).status_code for path in paths] == [404, 404]

    carried = people.person(Role.AGENCY_EDITOR, "dishub").post(
        f"/manage/v1/posts/{post['id']}/reposts", {"agency": "dishub"}
    )

    assert carried.status_code == 201
    assert [site.get(path).status_code for path in paths] == [200, 307]
