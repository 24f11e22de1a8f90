"""Preview links: what they show, when they end, and that the delivery plane does not know them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from cms.accounts.models import Membership, User
from cms.changes.log import read_after
from cms.core.db import session, unit_of_work
from cms.core.permissions import Role
from cms.editorial.items.models import Item, State
from tests.editorial.city import AUTHOR, Caller, document, post
from tests.factories import add_consumer, add_key

Callers = dict[str, Caller]


@pytest.fixture(params=["post", "document"])
def path(request: pytest.FixtureRequest, callers: Callers) -> str:
    """The path of a draft that lacks what readers need."""
    contents = {"post": ("posts", post(body=None)), "document": ("documents", document(summary=None, holder=None))}
    plural, content = contents[request.param]
    return f"{plural}/{callers['author']('POST', plural, content).json['data']['id']}"


def make(caller: Caller, path: str, **body: Any) -> dict[str, Any]:
    """What is told of a new link."""
    answer = caller("POST", f"{path}/previews", body)
    assert answer.status_code == 201, answer.json
    data: dict[str, Any] = answer.json["data"]
    return data


def follow(client: FlaskClient, link: dict[str, Any]) -> TestResponse:
    """What somebody without an account gets."""
    return client.get(urlsplit(link["url"]).path)


def ended(client: FlaskClient, link: dict[str, Any]) -> bool:
    answer = follow(client, link)
    assert answer.status_code in {200, 410}
    if answer.status_code == 410:
        assert answer.json["code"] == "preview_ended"  # type: ignore[index]
        assert answer.mimetype == "application/problem+json"
    return answer.status_code == 410


def test_a_link_shows_the_draft_as_readers_would_get_it(
    app: Flask, client: FlaskClient, callers: Callers, path: str
) -> None:
    link = make(callers["author"], path)

    answer = follow(client, link)

    assert answer.status_code == 200
    body: Any = answer.json
    assert body["data"]["id"] == path.split("/")[1]
    assert body["data"]["agency"] == {"slug": "dpu", "name": "Nama DPU", "short_name": "DPU"}
    assert body["data"]["body_html"] == ""
    about = {"edition": 1, "state": "draft", "expires_at": "2026-12-01T01:00:00Z", "uses_left": None}
    assert body["meta"] == {**about, "media_base": app.config["PUBLIC_URL"]}
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"].startswith("noindex")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "ETag" not in answer.headers


def test_a_link_follows_the_draft_or_stays_with_an_edition(client: FlaskClient, callers: Callers, path: str) -> None:
    following, pinned = make(callers["author"], path), make(callers["author"], path, edition=1)

    callers["author"]("PATCH", path, {"title": "Judul kedua"}, match='"v1"')

    shown = [follow(client, link).json for link in (following, pinned)]
    assert [each["meta"]["edition"] for each in shown] == [2, 1]  # type: ignore[index]
    assert [each["data"]["title"] == "Judul kedua" for each in shown] == [True, False]  # type: ignore[index]


def test_an_edition_with_a_link_is_not_written_again(client: FlaskClient, callers: Callers, path: str) -> None:
    callers["author"]("PATCH", f"{path}?autosave=true", {"title": "Satu"}, match='"v1"')
    link = make(callers["author"], path, edition=2)

    later = callers["author"]("PATCH", f"{path}?autosave=true", {"title": "Dua"}, match='"v2"')

    assert later.json["data"]["edition"] == 3
    assert follow(client, link).json["data"]["title"] == "Satu"  # type: ignore[index]


def test_the_address_is_shown_once(callers: Callers, path: str) -> None:
    link = make(callers["author"], path, uses=3)
    one = callers["auditor"]("GET", f"{path}/previews/{link['id']}").json["data"]
    listed = callers["editor"]("GET", f"{path}/previews").json["data"]

    assert listed == [one]
    assert one == {name: value for name, value in link.items() if name not in {"url", "content_url"}}
    assert link["url"].split("/preview/")[1].split(".")[2] not in str(listed)


def test_uses_are_counted_and_end_it(client: FlaskClient, callers: Callers, path: str, moment: Any) -> None:
    link = make(callers["author"], path, uses=2)
    moment(timedelta(minutes=1))

    assert [follow(client, link).status_code for _ in range(4)] == [200, 200, 410, 410]

    told = callers["author"]("GET", f"{path}/previews/{link['id']}").json["data"]
    assert (told["uses"], told["uses_left"], told["is_active"]) == (2, 0, False)
    assert told["last_used_at"] == "2026-11-24T01:01:00Z"


def test_asking_for_the_headers_alone_uses_nothing_up(client: FlaskClient, callers: Callers, path: str) -> None:
    link = make(callers["author"], path, uses=1)
    address = urlsplit(link["url"]).path

    assert [client.head(address).status_code for _ in range(3)] == [200, 200, 200]
    assert callers["author"]("GET", f"{path}/previews/{link['id']}").json["data"]["uses"] == 0
    assert [follow(client, link).status_code, follow(client, link).status_code] == [200, 410]
    assert client.head(address).status_code == 410


def test_it_expires(client: FlaskClient, callers: Callers, path: str, moment: Any) -> None:
    short, usual = make(callers["author"], path, expires_in=60), make(callers["author"], path)
    moment(timedelta(seconds=59))
    assert [ended(client, each) for each in (short, usual)] == [False, False]
    moment(timedelta(seconds=1))
    assert [ended(client, each) for each in (short, usual)] == [True, False]
    moment(timedelta(days=7))
    assert ended(client, usual)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"expires_in": 59}, "/expires_in"),
        ({"expires_in": 30 * 86_400 + 1}, "/expires_in"),
        ({"uses": 0}, "/uses"),
        ({"edition": 2}, "/edition"),
        ({"edition": 0}, "/edition"),
    ],
)
def test_what_a_link_cannot_be(callers: Callers, path: str, body: dict[str, Any], pointer: str) -> None:
    refused = callers["author"]("POST", f"{path}/previews", body)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json["errors"]] == [pointer]


def test_a_revoked_link_shows_nothing(app: Flask, client: FlaskClient, callers: Callers, path: str) -> None:
    link, other = make(callers["author"], path), make(callers["author"], path)
    where = f"{path}/previews/{link['id']}"

    assert callers["stranger"]("DELETE", where).status_code == 404
    assert callers["auditor"]("DELETE", where).status_code == 403
    assert [callers["editor"]("DELETE", where).status_code for _ in range(2)] == [204, 204]

    assert [ended(client, each) for each in (link, other)] == [True, False]
    told = callers["author"]("GET", where).json["data"]
    assert (told["is_active"], told["revoked_at"]) == (False, "2026-11-24T01:00:00Z")
    with app.app_context():
        verbs = [line.action.split(".")[1] for line in read_after(0)]
    assert verbs == ["created", "preview_created", "preview_created", "preview_revoked"]


def test_it_ends_with_the_right_of_whoever_made_it(
    app: Flask, client: FlaskClient, callers: Callers, path: str
) -> None:
    def change(*statements: Any) -> None:
        with app.app_context(), unit_of_work() as unit:
            for statement in statements:
                unit.session.execute(statement)

    suspended = update(User).where(User.id == AUTHOR.id)
    roles = update(Membership).where(Membership.user_id == AUTHOR.id)
    link, of_editor = make(callers["author"], path), make(callers["editor"], path)

    change(suspended.values(state="suspended"))
    assert [ended(client, each) for each in (link, of_editor)] == [True, False]
    change(suspended.values(state="active"))
    assert not ended(client, link)

    change(roles.values(agency="dishub"))
    assert ended(client, link)
    change(roles.values(agency="dpu", role=Role.AUDITOR.value))
    assert ended(client, link)
    change(roles.values(role=Role.AUTHOR.value))
    assert not ended(client, link)

    change(suspended.values(token_version=2))
    assert ended(client, link)


def test_it_ends_in_the_trash_and_with_the_item(app: Flask, client: FlaskClient, callers: Callers, path: str) -> None:
    link = make(callers["author"], path)
    item = update(Item).where(Item.id == path.split("/")[1])
    with app.app_context(), unit_of_work() as unit:
        unit.session.execute(item.values(state=State.TRASHED.value))
    assert ended(client, link)
    refused = callers["author"]("POST", f"{path}/previews", {})
    assert (refused.status_code, refused.json["code"]) == (409, "wrong_state")

    with app.app_context(), unit_of_work() as unit:
        unit.session.delete(session.get_one(Item, path.split("/")[1]))
    assert follow(client, link).status_code == 404


def test_a_made_up_link_is_not_found_and_opens_no_other_type(client: FlaskClient, callers: Callers, path: str) -> None:
    link = make(callers["author"], path)
    address = urlsplit(link["url"]).path
    prefix, token = address.rsplit("/", 1)
    kid, plain, signature = token.split(".")
    number = f"{kid}.{plain}"
    other = {"/preview/posts": "/preview/documents", "/preview/documents": "/preview/posts"}[prefix]
    asked = [
        f"{prefix}/{number}", f"{prefix}/{number}.{signature[:-2]}xx", f"{prefix}/{kid}.{path.split('/')[1]}.{signature}",
        f"{prefix}/{plain}.{signature}", f"{prefix}/{'0' * 12}.{plain}.{signature}", f"{prefix}/x.y", f"{prefix}/x.y.z", f"{prefix}/%00.{signature}", f"{other}/{token}",
    ]  # fmt: skip

    assert [client.get(each).status_code for each in asked] == [404] * len(asked)
    assert callers["author"]("GET", f"{path}/previews/{link['id']}").json["data"]["uses"] == 0


def test_the_delivery_plane_does_not_know_links(app: Flask, client: FlaskClient, callers: Callers, path: str) -> None:
    """A draft can never get into a kept answer or a shared cache: no address below /v1 takes a link (R-D5)."""
    link = make(callers["author"], path)
    token = link["url"].rsplit("/", 1)[1]
    plural, item_id = path.split("/")
    _key_id, key = add_key(app, add_consumer(app))
    reader = {"Authorization": f"Bearer {key}"}

    for address in (f"/v1/{plural}", f"/v1/{plural}/{item_id}", f"/v1/items?ids={item_id}", "/v1/whoami"):
        as_token = client.get(address, headers={"Authorization": f"Bearer {token}"})
        assert (as_token.status_code, as_token.json["code"]) == (401, "invalid_token")  # type: ignore[index]
    for name in ("preview", "token", "edition"):
        as_parameter = client.get(f"/v1/{plural}?{name}={token}", headers=reader)
        assert (as_parameter.status_code, as_parameter.json["code"]) == (400, "invalid_parameter")  # type: ignore[index]
    with_header = client.get(f"/v1/{plural}/{item_id}", headers={**reader, "X-Preview": token})
    assert with_header.status_code == 404
    assert client.get(f"/v1/{plural}", headers=reader).json["data"] == []  # type: ignore[index]
    assert client.get(f"/manage/v1/{path}", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert client.get(f"{urlsplit(link['url']).path}?fields=title").status_code == 400


def test_readers_notice_nothing(app: Flask, client: FlaskClient, callers: Callers) -> None:
    created = callers["author"]("POST", "posts", post()).json["data"]
    callers["editor"]("POST", f"posts/{created['id']}/publish", {}, match='"v1"')
    _key_id, key = add_key(app, add_consumer(app))
    reader = {"Authorization": f"Bearer {key}"}
    before = client.get(f"/v1/posts/{created['id']}", headers=reader)
    callers["author"]("PATCH", f"posts/{created['id']}", {"title": "Rahasia"}, match='"v2"')

    link = make(callers["author"], f"posts/{created['id']}")
    assert follow(client, link).json["data"]["title"] == "Rahasia"  # type: ignore[index]

    after = client.get(f"/v1/posts/{created['id']}", headers=reader)
    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])
