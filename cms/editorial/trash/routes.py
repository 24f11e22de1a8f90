"""`.../restore`, `archive` and `trash` of an item."""

from __future__ import annotations

from typing import Any

from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer
from cms.core.http.conditional import expected_version
from cms.core.http.openapi_parts import IF_MATCH_OR_ANY
from cms.core.http.schemas import EmptySchema
from cms.core.permissions import Permission
from cms.editorial.history.services import restore_edition
from cms.editorial.resource import Operations, Resource, item_schema
from cms.editorial.trash import services as trash
from cms.editorial.trash.schemas import RestoreSchema

operations = Operations()


@operations.route(
    "/<item_id>/restore",
    requires(Permission.CONTENT_EDIT),
    "POST",
    body=RestoreSchema,
    answer=item_schema,
    parameters=(IF_MATCH_OR_ANY,),
)
def restore_item(resource: Resource, body: dict[str, Any], item_id: str) -> Answer:
    """Bring back a {type}, or one of its editions

    Without `edition` the item comes back from the archive or the trash into the state it had. With `edition` a new draft
    is made with that edition's content; readers keep what they have.
    """
    restore, expected = restore_edition if body else trash.restore_item, expected_version(or_any=not body)
    return resource.shown(restore(resource.content_type, current_actor(), item_id, expected, **body))


@operations.route(
    "/<item_id>/archive",
    requires(Permission.CONTENT_TRASH),
    "POST",
    body=EmptySchema,
    answer=item_schema,
    parameters=(IF_MATCH_OR_ANY,),
)
def archive_item(resource: Resource, _body: dict[str, Any], item_id: str) -> Answer:
    """Archive a {type}

    Out of the usual lists (`state=archived` shows it), and not editable until it is restored.
    """
    expected = expected_version(or_any=True)
    return resource.shown(trash.archive_item(resource.content_type, current_actor(), item_id, expected))


@operations.route(
    "/<item_id>/trash",
    requires(Permission.CONTENT_TRASH),
    "POST",
    body=EmptySchema,
    answer=item_schema,
    parameters=(IF_MATCH_OR_ANY,),
)
def trash_item(resource: Resource, _body: dict[str, Any], item_id: str) -> Answer:
    """Put a {type} into the trash

    A never published item is purged after 30 days; 409 `still_published` while readers have it.
    """
    expected = expected_version(or_any=True)
    return resource.shown(trash.trash_item(resource.content_type, current_actor(), item_id, expected))
