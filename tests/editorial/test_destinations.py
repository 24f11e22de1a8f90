"""Readers are sent to pages for visitors: addresses of the API are refused, however they are written."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from cms.core.permissions import Role
from cms.editorial.endings.checks import MACHINE_PATHS, is_machine_address
from cms.editorial.items.models import Item
from tests.conftest import second_app
from tests.factories import add_city, add_post, add_published_document, add_published_post
from tests.people import Caller, People

# What shows no content: whether the server is well, and the reference of the API.
# "" is the front door.
SERVICE = {"", "healthz", "readyz", "metrics", "openapi.json", "openapi-delivery.json", "docs", "static"}


@pytest.fixture
def editor(app: Flask, people: People) -> Caller:
    add_city(app)
    return people.person(Role.CENTRAL_EDITOR)


def refused(editor: Caller, item: Item, to: str, **more: Any) -> str | None:
    """The code of the fault in `to`; nothing is changed."""
    body = {"kind": "redirect", "to": to, **more}
    answer = editor.post(f"/manage/v1/posts/{item.id}/unpublish?dry_run=true", body, match=item.version)
    if answer.status_code == 200:
        return None
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/to"), answer.text
    return answer.json["errors"][0]["code"]


def test_the_path_of_an_item_does_not_stand_for_its_id(app: Flask, editor: Caller, people: People) -> None:
    item, other, draft = add_published_post(app), add_published_post(app), add_post(app)
    document = add_published_document(app)
    for target in (f"posts/{item.id}", f"posts/{other.id}", f"posts/{draft.id}", f"documents/{document.id}"):
        assert refused(editor, item, f"/v1/{target}") == "machine_address", target
        assert refused(editor, item, f"/v1/{target}", kind="gone", explanation="Habis.") == "machine_address", target
    assert refused(editor, item, other.id) is None

    answer = editor.post(
        f"/manage/v1/posts/{item.id}/unpublish",
        {"kind": "redirect", "to": f"/v1/posts/{item.id}"},
        match=item.version,
        headers={"Accept-Language": "en"},
    )
    assert "give its id" in answer.json["errors"][0]["detail"]
    assert people.website().get(f"/v1/posts/{item.id}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1", "/v1/", "/v1?x", "/v1#x", "/V1/posts/x", "/v1/resolve?type=post", "/%761/posts/x", "/%2576%2531/posts/x",
        "/v1%2Fposts%2Fx", "/%2Fv1/posts/x", "/./v1/posts/x", "/%2e/v1/posts/x", "/berita/../v1/posts/x", "/.//v1/posts/x",
        "/berita/%2E%2E/v1/x", "/v1./posts/x", "/%5Cv1/posts/x", "/v1%3Fx", "/&#118;1/posts/x", "/v1/%70osts/x",
        "/manage", "/manage/v1/posts/x", "/Manage%2Fv1", "/preview/posts/x", "/PREVIEW", "/v1/media/x/y/thumb",
    ],
)  # fmt: skip
def test_addresses_for_machines_are_recognised_however_they_are_written(app: Flask, editor: Caller, path: str) -> None:
    item, server = add_published_post(app), app.config["PUBLIC_URL"]
    assert refused(editor, item, path) == "machine_address"
    assert refused(editor, item, f"{server}{path}") == "machine_address"
    assert refused(editor, item, server.upper().replace("HTTP", "http", 1) + path) == "machine_address"


def test_other_spellings_of_the_host_of_this_server(app: Flask, editor: Caller) -> None:
    item, server = add_published_post(app), app.config["PUBLIC_URL"]
    scheme, _, host = server.partition("://")
    for address in (f"{scheme}://{host}:8443/v1/x", f"http://{host}/v1/x", f"{server}//v1/x", f"{server}/%2Fv1"):
        assert refused(editor, item, address) == "machine_address", address
    # No address of the city, so refused all the same.
    assert refused(editor, item, f"{scheme}://{host}./v1/x") in {"machine_address", "foreign_address"}


@pytest.mark.parametrize(
    "path", ["/", "/berita/v1", "/v1x", "/v10/posts", "/v1-lama", "/layanan?dari=/v1/posts/x", "/#v1", "/v1/../berita"]
)
def test_pages_for_visitors_are_taken(app: Flask, editor: Caller, path: str) -> None:
    item = add_published_post(app)
    assert refused(editor, item, path) is None
    assert refused(editor, item, f"{app.config['PUBLIC_URL']}{path}") is None


def test_another_site_of_the_city_may_have_such_a_path(app: Flask, editor: Caller) -> None:
    scheme, _, host = app.config["PUBLIC_URL"].partition("://")
    assert refused(editor, add_published_post(app), f"{scheme}://lama.{host}/v1/halaman") is None


def test_a_server_below_a_path_is_recognised_too(environment: dict[str, str]) -> None:
    with second_app({**environment, "PUBLIC_URL": "http://localhost/layanan/api"}) as app, app.app_context():
        for address in (
            "/layanan/api/v1/posts/x",
            "http://localhost/Layanan/%61pi//v1",
            "/v1/x",
            "http://localhost/v1/x",
        ):
            assert is_machine_address(address), address
        for address in ("/layanan/v1/x", "http://localhost/layanan/api", "/layanan/apiv1", "https://lain.example/v1"):
            assert not is_machine_address(address), address


def test_every_path_of_the_server_is_for_machines_or_tells_of_no_content(app: Flask) -> None:
    first = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    assert first - SERVICE == MACHINE_PATHS
