"""The delivery plane's routes over content: those of each type, several items, addresses, and what can be asked."""

from __future__ import annotations

from typing import Any

from cms.core.http.api import Blueprint
from cms.core.http.operations import Operations, always
from cms.delivery import about, items, terms, type_routes
from cms.delivery.parameters import categories_query, check_resolve_query, items_query, resolve_query, tags_query
from cms.delivery.schemas import (
    CountedCategorySchema,
    CountedTagSchema,
    ResolvedSchema,
    capabilities_schema,
    items_schema,
)
from cms.publishing.delivered import DeliveredTypes
from cms.serving.admission import DeliveryRequest, serves
from cms.serving.finished import FinishedAnswer
from cms.serving.schemas import delivered_many, delivered_one

CONTENT = "content:read"

operations = Operations[DeliveredTypes]()


def content_blueprint(types: DeliveredTypes) -> Blueprint:
    """The routes of these content types."""
    blueprint = Blueprint("delivery", __name__, url_prefix="/v1")
    for delivered in types.types:
        type_routes.operations.mount(blueprint, delivered, f"/{delivered.topic}")
    operations.mount(blueprint, types)
    return blueprint


@operations.route(
    "/items",
    serves(CONTENT),
    query=items_query,
    answer=items_schema,
    problems=(400, 401, 403, 503),
    is_conditional=True,
)
def list_items(types: DeliveredTypes, request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """Read several items by id.

    Cards of {all} in the order asked for; `meta.missing` names what is not live. `fields` also gives what only
    details have; a field that one of the types does not have is left out there.
    """
    return items.read_items(request, types, query["ids"], query.get("fields"))


@operations.route(
    "/resolve",
    serves(CONTENT),
    query=resolve_query,
    answer=always(delivered_one(ResolvedSchema)),
    problems=(400, 401, 403, 404, 414, 503),
    is_conditional=True,
)
def resolve_address(_types: DeliveredTypes, request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """Turn an address into an id.

    `live`; `moved` to the page in `to`; `withdrawn`, which is still readable, or `gone`, with an explanation. 404 when nothing was ever
    published there, whatever the address looks like. `url` takes an address that an item had before it came here: it is `moved`.
    """
    check_resolve_query(query)
    if "url" in query:
        return items.resolve_old_address(request, query["url"])
    return items.resolve_address(request, query["type"], query["agency"], query["slug"])


@operations.route(
    "/categories",
    serves(CONTENT),
    query=categories_query,
    answer=always(delivered_many(CountedCategorySchema)),
    problems=(400, 401, 403, 503),
    is_conditional=True,
)
def list_used_categories(types: DeliveredTypes, request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """List the categories, with the number of items in each.

    By slug, empty and retired ones too. `agency`, `channel` and `type` count only what their lists show.
    """
    return terms.list_categories(request, types, query)


@operations.route(
    "/tags",
    serves(CONTENT),
    query=tags_query,
    answer=always(delivered_many(CountedTagSchema)),
    problems=(400, 401, 403, 503),
    is_conditional=True,
)
def list_tags(types: DeliveredTypes, request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """List the tags of published items, with the number of items that have each.

    `agency`, `channel` and `type` count only what their lists show.
    """
    return terms.list_tags(request, types, query)


@operations.route(
    "/capabilities",
    serves(),
    answer=lambda types: delivered_one(capabilities_schema(types)),
    problems=(401, 503),
    is_conditional=True,
)
def read_capabilities(types: DeliveredTypes, request: DeliveryRequest) -> FinishedAnswer:
    """Tell what this server can do.

    Filters, sorts, fields and includes of each type, the vocabularies, and limits.
    """
    return about.tell_capabilities(request, types)
