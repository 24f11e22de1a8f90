"""What an item brings along: its first publication and its old addresses, for who may import; the log says so."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from cms.changes.log import read_after
from cms.core.ids import new_id
from cms.core.permissions import Role
from cms.publishing.legacy_addresses import key_of
from tests.factories import add_city, post_content
from tests.people import Caller, People

OLD = "http://www.dpu.lama.example/Berita/?p=1204"
FIRST = "2017-05-12T02:00:00Z"


@pytest.fixture
def site(app: Flask, people: People) -> Caller:
    add_city(app)
    return people.website()


@pytest.fixture
def central(site: Caller, people: People) -> Caller:
    return people.person(Role.CENTRAL_EDITOR)


def put(caller: Caller, item_id: str, match: str | None = None, **said: Any) -> Any:
    condition = {} if match else {"headers": {"If-None-Match": "*"}}
    body = {**post_content(title=said.pop("title", "Arsip")), **said}
    return caller("PUT", f"/manage/v1/posts/{item_id}", match=match, json=body, **condition)


def published(central: Caller, made: Any) -> Any:
    answer = central.post(f"/manage/v1/posts/{made.json['data']['id']}/publish", {}, match=made.headers["ETag"])
    assert answer.status_code == 200, answer.text
    return answer


def resolved(site: Caller, url: str) -> Any:
    return site.get(f"/v1/resolve?url={quote(url, safe='')}")


def test_an_import_keeps_its_day_and_its_addresses(app: Flask, site: Caller, central: Caller) -> None:
    item_id = new_id()
    made = put(central, item_id, first_published_at=FIRST, legacy_addresses=[OLD])
    assert (made.status_code, made.json["data"]["first_published_at"]) == (201, FIRST)
    assert made.json["data"]["legacy_addresses"] == [OLD]
    assert resolved(site, OLD).status_code == 404
    assert site.client.get(f"/go?url={quote(OLD)}", headers={"Accept": "text/html"}).status_code == 404

    assert published(central, made).json["data"]["published_at"] == FIRST
    card = site.get(f"/v1/posts/{item_id}").json["data"]  # type: ignore[index]
    assert (card["published_at"], card["public_updated_at"]) == (FIRST, FIRST)
    assert [note["at"] for note in card["change_history"]] == [FIRST]
    for spelled in (
        OLD,
        "https://dpu.lama.example/Berita?utm_source=wa&p=1204#atas",
        "HTTPS://DPU.lama.example:443/%42erita/?p=1204",
    ):
        told = resolved(site, spelled).json["data"]
        assert (told["status"], told["id"], told["to"]) == ("moved", item_id, card["canonical_url"])
    page = site.client.get(f"/go?url={quote(OLD, safe='')}", headers={"Accept": "text/html"})
    assert (page.status_code, "Arsip" in page.text) == (200, True)
    for other in (
        "https://dpu.lama.example/berita?p=1204",
        "https://dpu.lama.example/Berita?p=1205",
        "x",
        "",
        "//",
        "https://[",
        "\u202e",
    ):
        assert resolved(site, other).status_code == 404

    with app.app_context():
        lines = [line for line in read_after(0) if line.resource_id == item_id][:2]
    assert [(line.action, sorted(line.fields)) for line in lines][1] == (
        "post.updated", ["first_published_at", "legacy_addresses"],
    )  # fmt: skip
    assert {line.facts["cause"]["kind"] for line in lines} == {"import"}


def test_who_may_not_import_is_refused_as_a_whole(site: Caller, people: People) -> None:
    for caller in (people.person(Role.AGENCY_EDITOR, "dpu"), people.person(Role.AUTHOR, "dpu")):
        for said in ({"first_published_at": FIRST}, {"legacy_addresses": [OLD]}):
            item_id = new_id()
            refused = put(caller, item_id, **said)
            assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
            assert caller.get(f"/manage/v1/posts/{item_id}").status_code == 404
        assert put(caller, new_id()).status_code == 201


def test_what_is_published_keeps_its_day_and_its_addresses(site: Caller, central: Caller) -> None:
    item_id, other = new_id(), "https://dpu.lama.example/lain"
    made = put(central, item_id, first_published_at=FIRST, legacy_addresses=[OLD])
    changed = put(central, item_id, made.headers["ETag"], legacy_addresses=[other])
    assert changed.json["data"]["legacy_addresses"] == [other]
    live = published(central, changed)

    refused = put(central, item_id, live.headers["ETag"], first_published_at="2018-01-01T00:00:00Z")
    assert [each["code"] for each in refused.json["errors"]] == ["fixed_once_published"]
    more = put(central, item_id, live.headers["ETag"], first_published_at=FIRST, legacy_addresses=[OLD])
    assert more.json["data"]["legacy_addresses"] == sorted([OLD, other])
    again = put(central, item_id, more.headers["ETag"], legacy_addresses=[OLD])
    assert again.headers["ETag"] == more.headers["ETag"]
    assert put(central, item_id, again.headers["ETag"]).json["data"]["legacy_addresses"] == sorted([OLD, other])


@pytest.mark.parametrize(
    ("said", "code", "pointer"),
    [
        ({"first_published_at": "2999-01-01T00:00:00Z"}, "not_after", "/first_published_at"),
        ({"first_published_at": "kemarin"}, "bad_format", "/first_published_at"),
        ({"legacy_addresses": ["https://a.example/x", "javascript:alert(1)"]}, "unsafe_link", "/legacy_addresses/1"),
        ({"legacy_addresses": ["https://a.example/x"] * 21}, "too_long", "/legacy_addresses"),
        ({"legacy_addresses": ["https://dpu.lama.example/taken/"]}, "address_taken", "/legacy_addresses/0"),
    ],
)
def test_what_cannot_be_is_refused(central: Caller, said: dict[str, Any], code: str, pointer: str) -> None:
    put(central, new_id(), title="Pemilik", legacy_addresses=["http://dpu.lama.example/taken"])
    refused = put(central, new_id(), **said)
    assert refused.status_code == 422
    assert [(each["pointer"], each["code"]) for each in refused.json["errors"]] == [(pointer, code)]


def test_half_an_address_is_no_address(site: Caller) -> None:
    for query in ("", "type=post", "type=post&agency=dpu", "url=https://a.example&type=post"):
        assert site.get(f"/v1/resolve?{query}").status_code == 400
    for part in ("type", "agency", "slug"):
        for odd in ("", "%00", "A B", "..", "%F0%9F%98%80", "x" * 2000, "' OR 1=1", "%E2%80%AE"):
            whole = {"type": "post", "agency": "dpu", "slug": "x", part: odd}
            query = "&".join(f"{name}={value}" for name, value in whole.items())
            assert site.get(f"/v1/resolve?{query}").status_code == 404


@given(st.text(max_size=80) | st.text(max_size=60).map("https://dpu.example/{}".format))
def test_an_old_address_has_one_key_whoever_writes_it(text: str) -> None:
    key = key_of(text)
    if key is None:
        return
    assert key_of(f"https://{key}") == key
    assert key_of(f"http://www.{key}") in (key, key_of(f"http://{key}"), None)
    assert key.isascii()
