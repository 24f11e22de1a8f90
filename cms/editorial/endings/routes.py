"""`.../unpublish` of an item."""

from __future__ import annotations

from typing import Any

from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer
from cms.core.http.conditional import expected_version
from cms.core.http.openapi_parts import IF_MATCH_OR_ANY
from cms.core.permissions import Permission
from cms.editorial.endings import services as unpublishing
from cms.editorial.endings.ending import KINDS
from cms.editorial.endings.schemas import UnpublishSchema
from cms.editorial.resource import Operations, Resource, item_schema

operations = Operations()


STANDINGS = {kind: standing for standing, kind in KINDS.items()}


@operations.route(
    "/<item_id>/unpublish",
    requires(Permission.CONTENT_UNPUBLISH),
    "POST",
    body=UnpublishSchema,
    answer=item_schema,
    parameters=(IF_MATCH_OR_ANY,),
)
def unpublish_item(resource: Resource, body: dict[str, Any], item_id: str) -> Answer:
    """Take a {type} back from readers

    A newer draft stays as it is; a schedule of the item is dropped.
    """
    kind, standing = resource.content_type, STANDINGS[body["kind"]]
    told = {"explanation": body.get("explanation"), "to": body.get("to")}
    expected = expected_version(or_any=True)
    edited = unpublishing.unpublish_item(kind, current_actor(), item_id, expected, standing=standing, **told)
    return resource.shown(edited)
