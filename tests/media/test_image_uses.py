"""Changing and removing images that items show, and where they are used."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from cms.changes.followers import follow_log
from cms.editorial.followers import rebuild_changed
from tests.factories import NEWS
from tests.media.library import MEDIA, POSTS, body_with, fault, made, published, uploaded, work
from tests.media.pictures import jpeg
from tests.people import Caller


def test_what_is_said_about_an_image_reaches_readers(
    app: Flask, client: FlaskClient, editor: Caller, site: Caller
) -> None:
    image = uploaded(editor)
    work(app)
    post = published(editor, cover=image["id"], body=body_with(image))
    before = site.get(f"/v1/posts/{post['id']}").json["data"]  # type: ignore[index]

    changes = {"alt": "Alat berat", "credit": "Humas", "focal_point": {"x": 0}}
    assert editor("PATCH", f"{MEDIA}/{image['id']}", match=1, json=changes).status_code == 200
    with app.app_context():
        while follow_log("presenter", rebuild_changed):
            pass
    assert work(app) == 1

    after = site.get(f"/v1/posts/{post['id']}").json["data"]  # type: ignore[index]
    assert (after["cover"]["alt"], after["cover"]["credit"]) == ("Alat berat", "Humas")
    assert 'alt="Alat berat"' in after["body_html"]
    assert after["updated_at"] == before["updated_at"]
    old, new = (each["cover"]["renditions"]["square"]["webp"] for each in (before, after))
    assert old != new
    # Pages that somebody keeps go on showing what they showed.
    assert client.get(old).mimetype == client.get(new).mimetype == "image/webp"
    assert client.get(old).data != client.get(new).data


def test_only_who_could_publish_changes_what_readers_see(author: Caller, editor: Caller, central: Caller) -> None:
    image = uploaded(author)
    path = f"{MEDIA}/{image['id']}"
    published(central, cover=image["id"], channel="kota")

    assert author("PATCH", path, match=1, json={"alt": "Lain"}).status_code == 403
    assert editor("PATCH", path, match=1, json={"alt": "Lain"}).status_code == 403
    assert fault(central("PATCH", path, match=1, json={"alt": None})) == ("/alt", "alt_needed")
    assert fault(central("PATCH", path, match=1, json={"alt": "\u200b"})) == ("/alt", "blank")
    assert central("PATCH", path, match=1, json={"alt": "Lain"}).status_code == 200
    assert central("PATCH", path, match=1, json={"alt": "Lagi"}).status_code == 412
    assert central("PATCH", path, json={"alt": "Lagi"}).status_code == 428


def test_an_author_gives_missing_words_while_the_item_is_in_review_and_changes_no_others(
    author: Caller, editor: Caller, elsewhere: Caller
) -> None:
    image = uploaded(author, alt=None, credit="Humas")
    path = f"{MEDIA}/{image['id']}"
    post = made(author, cover=image["id"])
    at = f"{POSTS}/{post['id']}"
    assert author("POST", f"{at}/submit", match=1).status_code == 200
    assert fault(editor("POST", f"{at}/approve", match=2)) == ("/cover", "alt_needed")

    assert elsewhere("PATCH", path, match=1, json={"alt": "Pompa air"}).status_code == 403
    for more in (
        {"alt": "Pompa air", "credit": "Warga"},
        {"alt": "Pompa air", "focal_point": {"x": 0}},
        {"caption": "Pagi"},
    ):
        assert author("PATCH", path, match=1, json=more).status_code == 403
    given = author("PATCH", path, match=1, json={"alt": "Pompa air"})
    assert (given.status_code, given.json["data"]["alt"]) == (200, "Pompa air")  # type: ignore[index]
    assert author("PATCH", path, match=2, json={"alt": "Lain"}).status_code == 403
    assert author("PATCH", path, match=2, json={"alt": None}).status_code == 403
    assert editor("POST", f"{at}/approve", match=2).status_code == 200
    assert author("PATCH", path, match=2, json={"alt": "Lain"}).status_code == 403


def test_a_change_of_an_image_is_checked(author: Caller, elsewhere: Caller) -> None:
    path = f"{MEDIA}/{uploaded(author)['id']}"

    assert elsewhere("PATCH", path, match=1, json={"alt": "Lain"}).status_code == 403
    assert fault(author("PATCH", path, match=1, json={"decorative": True})) == ("/alt", "not_with")
    assert fault(author("PATCH", path, match=1, json={"focal_point": {"x": 101}})) == ("/focal_point/x", "too_big")
    assert author("PATCH", path, match=1, json={"name": "lain.jpg"}).status_code == 400
    advert = {"caption": "Situs slot gacor maxwin, deposit pulsa tanpa potongan, daftar togel sekarang"}
    assert fault(author("PATCH", path, match=1, json=advert)) == ("/caption", "suspicious_words")
    unchanged = author("PATCH", path, match=1, json={"decorative": True, "alt": None})
    assert unchanged.json["data"]["decorative"] is True  # type: ignore[index]


def test_an_advertisement_in_an_image_holds_the_item(author: Caller) -> None:
    image = uploaded(author, alt="Situs slot gacor maxwin, deposit pulsa tanpa potongan, daftar togel sekarang")

    post = made(author, cover=image["id"])

    assert [(reason["code"], reason["pointer"]) for reason in post["hold"]] == [("lexicon", "/cover")]


def test_an_image_that_is_used_cannot_be_removed(author: Caller, editor: Caller, elsewhere: Caller) -> None:
    image = uploaded(author)
    path = f"{MEDIA}/{image['id']}"
    post = published(editor, cover=image["id"])
    draft = made(elsewhere, agency="dishub", title="Dari dinas lain", body=body_with(image))

    refused = editor("DELETE", path, match=1)
    assert (refused.status_code, refused.json["code"]) == (409, "in_use")  # type: ignore[index]
    assert post["title"] in refused.json["detail"]  # type: ignore[index]
    uses = editor.get(f"{path}/uses").json["data"]  # type: ignore[index]
    assert uses["total"] == 2
    assert [(item["id"], item["published"]) for item in uses["items"]] == [(post["id"], True)]

    # A newer draft without it changes nothing as long as readers have it.
    edited = editor("PATCH", f"{POSTS}/{post['id']}", match=post["etag"], json={"cover": None})
    assert elsewhere("DELETE", f"{POSTS}/{draft['id']}", match=draft["etag"]).status_code == 204
    assert editor("DELETE", path, match=1).status_code == 409
    assert editor("POST", f"{POSTS}/{post['id']}/publish", match=edited.headers["ETag"], json=NEWS).status_code == 200
    still = editor("DELETE", path, match=1)
    # The draft of the other agency lies in the trash, from where it can come back.
    assert (still.status_code, "Dari dinas lain" in still.json["detail"]) == (409, False)  # type: ignore[index]


def test_an_image_that_nothing_shows_is_removed(app: Flask, author: Caller, editor: Caller, elsewhere: Caller) -> None:
    image = uploaded(author)
    path = f"{MEDIA}/{image['id']}"
    work(app)
    post = made(author, cover=image["id"])
    assert author("PATCH", f"{POSTS}/{post['id']}", match=post["etag"], json={"cover": None}).status_code == 200

    assert elsewhere("DELETE", path, match=1).status_code == 403
    assert author("DELETE", path).status_code == 428
    assert author("DELETE", path, match=2).status_code == 412
    assert author("DELETE", path, match=1).status_code == 204
    assert author.get(path).status_code == 404
    assert author("DELETE", path, match=1).status_code == 404


def test_a_discarded_draft_gives_its_images_back(editor: Caller) -> None:
    first, second = uploaded(editor, jpeg(shade=1)), uploaded(editor, jpeg(shade=2))
    post = published(editor, cover=first["id"])
    edited = editor("PATCH", f"{POSTS}/{post['id']}", match=post["etag"], json={"cover": second["id"]})
    assert editor("DELETE", f"{MEDIA}/{second['id']}", match=1).status_code == 409

    discarded = editor("POST", f"{POSTS}/{post['id']}/discard", match=edited.headers["ETag"], json={})

    assert discarded.status_code == 200, discarded.json
    assert editor("DELETE", f"{MEDIA}/{second['id']}", match=1).status_code == 204
    vanish = editor(
        "POST",
        f"{POSTS}/{post['id']}/unpublish",
        match=discarded.headers["ETag"],
        json={"kind": "gone", "explanation": "Ditarik."},
    )
    assert vanish.status_code == 200
    assert editor("DELETE", f"{MEDIA}/{first['id']}", match=1).status_code == 409
