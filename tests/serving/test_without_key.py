"""Reading without a key: which groups of routes a server opens, and how many requests an address may send."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cms.application import create_app
from cms.core.http.api import Blueprint
from cms.serving.admission import DeliveryRequest, serves
from cms.serving.finished import FinishedAnswer
from cms.serving.pages import one_body
from cms.serving.responding import Basis, respond
from config import ANONYMOUS_GROUPS, Settings
from tests.conftest import counted_statements
from tests.factories import add_published_post
from tests.people import People

Opened = Callable[..., FlaskClient]
TOPICS = Basis(topics=("posts",), groups=("posts",))


def group_routes() -> Blueprint:
    """A route of each group, and one of none."""
    blueprint = Blueprint("groups", __name__)

    def add(group: str | None) -> None:
        @serves("content:read", group=group)
        def view(request: DeliveryRequest) -> FinishedAnswer:
            return respond(request, TOPICS, lambda sequence: one_body(request.sources, {"group": group}, sequence))

        blueprint.add_url_rule(f"/v1/of/{group}", f"of_{group}", view)

    for group in (*ANONYMOUS_GROUPS, None):
        add(group)
    return blueprint


@pytest.fixture
def opened(app: Flask, environment: dict[str, str]) -> Iterator[Opened]:
    """A client of the application with these settings and the routes of all groups."""
    made: list[Flask] = []

    def client(**settings: str) -> FlaskClient:
        application = create_app(Settings.from_environ({**environment, **settings}))
        application.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True)
        application.register_blueprint(group_routes())
        made.append(application)
        return application.test_client()

    yield client
    for application in made:
        application.extensions["simpul"].reader.close_connections()


def open_groups(client: FlaskClient) -> set[str | None]:
    statuses = {group: client.get(f"/v1/of/{group}").status_code for group in (*ANONYMOUS_GROUPS, None)}
    assert set(statuses.values()) <= {200, 401}
    return {group for group, status in statuses.items() if status == 200}


def test_a_server_answers_the_groups_that_it_names_and_nothing_else(app: Flask, opened: Opened, city: None) -> None:
    add_published_post(app)

    usual, closed, everything = opened(), opened(DELIVERY_ANONYMOUS=""), opened(DELIVERY_ANONYMOUS="all")

    assert open_groups(usual) == set(ANONYMOUS_GROUPS)
    assert open_groups(opened(DELIVERY_ANONYMOUS="go")) == {"go"}
    assert open_groups(closed) == set()
    assert open_groups(everything) == {*ANONYMOUS_GROUPS, None}
    assert [each.get("/v1/posts").status_code for each in (usual, closed, everything)] == [401, 401, 200]
    assert [each.get("/v1/nowhere").status_code for each in (usual, closed, everything)] == [401, 401, 404]


def test_a_token_that_does_not_hold_is_no_missing_token(opened: Opened) -> None:
    client = opened(DELIVERY_ANONYMOUS="all")

    assert client.get("/v1/of/alerts", headers={"Authorization": "Bearer smp_" + "0" * 38}).status_code == 401


def test_an_address_that_asks_too_often_waits_and_others_do_not(app: Flask, opened: Opened, city: None) -> None:
    client = opened(DELIVERY_ANONYMOUS_PER_MINUTE="3")

    answers = [client.get("/v1/of/alerts") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refused = answers[-1]
    assert refused.json is not None
    assert refused.json["code"] == "too_many_requests"
    # A tenth of a request must have come in: that is what the cheapest answer costs.
    assert int(refused.headers["Retry-After"]) == 2
    neighbour = {"REMOTE_ADDR": "2001:db8:1:2::1"}
    assert client.get("/v1/of/alerts", environ_overrides=neighbour).status_code == 200
    with counted_statements(client.application) as statements:
        assert client.get("/v1/of/alerts").status_code == 429
    assert statements == []


def test_behind_a_proxy_each_caller_is_counted_also_when_answers_come_from_memory(
    app: Flask, opened: Opened, city: None
) -> None:
    client = opened(DELIVERY_ANONYMOUS_PER_MINUTE="2", PROXY_HOPS="1")

    def statuses(address: str) -> list[int]:
        told = {"Forwarded": f"for={address}"}
        return [client.get("/v1/feeds/rss", headers=told).status_code for _ in range(3)]

    assert [statuses(address) for address in ("198.51.100.7", "203.0.113.9")] == [[200, 200, 429]] * 2


def test_a_key_is_not_counted_by_address(app: Flask, opened: Opened, people: People, city: None) -> None:
    client = opened(DELIVERY_ANONYMOUS_PER_MINUTE="1")
    key = {"Authorization": f"Bearer {people.website().token}"}

    assert {client.get("/v1/of/alerts", headers=key).status_code for _ in range(4)} == {200}


def test_a_group_that_does_not_exist_is_refused_where_it_is_written() -> None:
    with pytest.raises(ValueError, match="no group"):
        serves(group="post")(group_routes)
