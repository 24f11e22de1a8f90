"""Lists and details of a content type, made from its description (`cms.publishing.delivered`)."""

from __future__ import annotations

from typing import Any

from cms.core.http.operations import Operations, PerSubject
from cms.delivery import items, lists
from cms.delivery.parameters import item_query, page_query
from cms.publishing.delivered import DeliveredType
from cms.serving.admission import DeliveryRequest, serves
from cms.serving.finished import FinishedAnswer
from cms.serving.schemas import delivered_card_schema, delivered_many, delivered_one, delivered_schema

CONTENT = "content:read"

operations = Operations[DeliveredType]()


@operations.route(
    "",
    serves(CONTENT),
    query=page_query,
    answer=lambda delivered: delivered_many(delivered_card_schema(delivered)),
    problems=(400, 401, 403, 503),
    is_conditional=True,
)
def list_items(delivered: DeliveredType, request: DeliveryRequest, query: dict[str, Any]) -> FinishedAnswer:
    """List published {types}.

    {about_list}
    """
    return lists.list_content(request, delivered, query)


@operations.route(
    "/<string:id>",
    PerSubject(lambda delivered: serves(CONTENT, item=delivered.name)),
    query=item_query,
    answer=lambda delivered: delivered_one(delivered_schema(delivered)),
    problems=(400, 401, 403, 404, 410, 503),
    is_conditional=True,
)
def read_item(delivered: DeliveredType, request: DeliveryRequest, query: dict[str, Any], id: str) -> FinishedAnswer:
    """{about_item}"""
    return items.read_item(request, delivered, id, query)
