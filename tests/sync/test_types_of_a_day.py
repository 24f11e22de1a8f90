"""A position without `type=` is of the types of its day: a content type that comes later is not in its copy, and hurts nobody."""

from __future__ import annotations

from flask import Flask

import tests.test_new_content_type as new_type
from cms.application import create_app
from tests.people import Caller
from tests.sync.steps import whole

bare_app, notices_app = new_type.bare_app, new_type.notices_app
editor, site = new_type.editor, new_type.site


def test_a_position_without_types_is_of_those_of_its_day(notices_app: Flask, editor: Caller, site: Caller) -> None:
    before = create_app(notices_app.extensions["simpul"].settings)
    client = Caller(before.test_client(), site.token)
    content = {"agency": "dpu", "kind": "berita", "title": "Jalan ditutup.", "body": "Isi."}
    made = editor.post("/manage/v1/posts", content)
    address = f"/manage/v1/posts/{made.json['data']['id']}/publish"
    assert editor("POST", address, made.headers["ETag"], json={}).status_code == 200
    _lines, of_its_day = whole(client, "/v1/sync?limit=5")
    before.extensions["simpul"].reader.close_connections()

    notice = new_type.published(editor)
    assert whole(site, of_its_day)[0] == []
    assert notice in {line["id"] for line in whole(site, "/v1/sync")[0]}
    content["title"] = "Jalan dibuka."
    made = editor.post("/manage/v1/posts", content)
    address = f"/manage/v1/posts/{made.json['data']['id']}/publish"
    assert editor("POST", address, made.headers["ETag"], json={}).status_code == 200
    assert [line["type"] for line in whole(site, of_its_day)[0]] == ["post"]
