"""Making, reading, changing and publishing the items of a content type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from cms.core.clock import from_micros, micros
from cms.core.errors import invalid_parameter
from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, PageRequest
from cms.core.http.conditional import expected_version, require_creation
from cms.core.http.openapi_parts import IF_MATCH, IF_MATCH_OR_ANY
from cms.core.ids import is_id
from cms.core.permissions import Permission
from cms.editorial.edit import Edited
from cms.editorial.items import queries, services
from cms.editorial.items.import_schemas import put_schema, without_imported
from cms.editorial.items.queries import ItemFilter
from cms.editorial.items.schemas import ChangeQuerySchema, PublishSchema, ReturnSchema, SubmitSchema
from cms.editorial.resource import Operations, Resource, item_schema, rows_schema
from cms.editorial.schedules.catching_up import as_of_now
from cms.editorial.trash import services as trash

IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "`*` creates the item. Either this or `If-Match` is needed: 428 without.",
    "schema": {"type": "string", "enum": ["*"]},
}
IF_MATCH_TO_REPLACE = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The version that was read replaces the item; not the current one: 412.",
    "schema": IF_MATCH["schema"],
}
MERGE_PATCH = "JSON merge patch (RFC 7396): null resets a field; `application/merge-patch+json` is accepted as well."

operations = Operations()


@operations.route(
    "",
    requires(Permission.CONTENT_READ),
    query=lambda resource: resource.query,
    answer=rows_schema,
    problems=(400, 401, 403),
)
def list_items(resource: Resource, query: dict[str, Any]) -> Answer:
    """List {types}

    Those that the caller may see, newest change first.
    """
    kind, page = resource.content_type, PageRequest(query)
    after = (from_micros(page.after[0]), page.after[1]) if page.after else None
    found = queries.list_items(kind, current_actor(), _filter(query, kind.label), page.fetch, after)
    items = [as_of_now(item) for item in found]
    return page.answer(items, resource.render_row, lambda item: (micros(item.updated_at), item.id))


def _filter(query: Mapping[str, Any], label: str) -> ItemFilter:
    return ItemFilter(
        agencies=query.get("agency", ()),
        channels=query.get("channel", ()),
        states=query.get("state", ()),
        labels=query.get(label, ()),
        updated_after=query.get("updated_after"),
    )


@operations.route(
    "",
    requires(Permission.CONTENT_CREATE),
    "POST",
    body=lambda resource: resource.create,
    answer=item_schema,
    status=201,
    problems=(400, 401, 403, 409, 413, 415, 422),
)
def create_item(resource: Resource, content: dict[str, Any]) -> Answer:
    """Create a {type}

    Makes a draft, which only colleagues see.
    """
    return resource.created(services.create_item(resource.content_type, current_actor(), content))


@operations.route(
    "/<item_id>",
    requires(Permission.CONTENT_CREATE),
    "PUT",
    body=lambda resource: put_schema(resource.create),
    answer=item_schema,
    status=201,
    otherwise=(200, item_schema, "Replaced."),
    parameters=(IF_NONE_MATCH, IF_MATCH_TO_REPLACE),
)
def put_item(resource: Resource, content: dict[str, Any], item_id: str) -> Answer:
    """Create a {type} under an id of your own, or replace it

    With `If-None-Match: *` the draft is created under the client's UUIDv7; repeating the call is safe.

    With `If-Match` the whole content is replaced: a field that is not given goes back to its default. Files stay, and the slug
    unless another is given.

    Who may import says when the item was published first, before it came here, and its old addresses: `first_published_at` and
    `legacy_addresses`. The log names them, with the cause `import`.
    """
    kind, actor = resource.content_type, current_actor()
    content, imported = without_imported(content)
    if "If-Match" in request.headers:
        return resource.shown(services.replace_item(kind, actor, item_id, content, expected_version(), imported))
    require_creation()
    if not is_id(item_id):
        raise invalid_parameter("item_id", "bad_format", expected="a UUIDv7")
    return resource.created(services.create_item(kind, actor, content, item_id, imported))


@operations.route("/<item_id>", requires(Permission.CONTENT_READ), answer=item_schema, problems=(401, 403, 404))
def read_item(resource: Resource, item_id: str) -> Answer:
    """Read a {type}

    The newest edition, with what the caller can do next.
    """
    item = as_of_now(queries.get_item(resource.content_type, item_id, current_actor()))
    return resource.shown(Edited(item, queries.get_edition(item)))


@operations.route(
    "/<item_id>",
    requires(Permission.CONTENT_EDIT),
    "PATCH",
    query=ChangeQuerySchema,
    body=lambda resource: resource.update,
    body_description=MERGE_PATCH,
    answer=item_schema,
)
def update_item(resource: Resource, query: dict[str, Any], patch: dict[str, Any], item_id: str) -> Answer:
    """Change a {type}

    Saves a new edition; readers keep the published one until the next publish.
    """
    how = {"is_autosave": query["autosave"]}
    changed = services.update_item(resource.content_type, current_actor(), item_id, patch, expected_version(), **how)
    return resource.shown(changed)


@operations.route(
    "/<item_id>", requires(Permission.CONTENT_DELETE), "DELETE", status=204, problems=(401, 403, 404, 409, 412, 428)
)
def delete_item(resource: Resource, item_id: str) -> Response:
    """Put a {type} into the trash, or purge it from there

    Puts it into the trash, as `POST .../trash` does. A {type} that is in the trash already and was never published is removed
    for ever, with all its editions, if the caller may purge.
    """
    trash.delete_item(resource.content_type, current_actor(), item_id, expected_version())
    return Response(status=204)


@operations.route(
    "/<item_id>/submit",
    requires(Permission.CONTENT_SUBMIT),
    "POST",
    body=SubmitSchema,
    answer=item_schema,
    parameters=(IF_MATCH_OR_ANY,),
)
def submit_item(resource: Resource, body: dict[str, Any], item_id: str) -> Answer:
    """Submit a {type} for review

    Its authors can no longer change it; editors still can.
    """
    kind = resource.content_type
    return resource.shown(services.submit_item(kind, current_actor(), item_id, expected_version(or_any=True), **body))


@operations.route(
    "/<item_id>/return", requires(Permission.CONTENT_RETURN), "POST", body=ReturnSchema, answer=item_schema
)
def return_item(resource: Resource, body: dict[str, Any], item_id: str) -> Answer:
    """Return a {type} to its authors

    The comment says what to change.
    """
    kind = resource.content_type
    return resource.shown(services.return_item(kind, current_actor(), item_id, expected_version(), **body))


@operations.route(
    "/<item_id>/publish", requires(Permission.CONTENT_PUBLISH), "POST", body=PublishSchema, answer=item_schema
)
def publish_item(resource: Resource, body: dict[str, Any], item_id: str) -> Answer:
    """Publish a {type}

    After the answer, the next read in any process shows it.
    """
    kind = resource.content_type
    return resource.shown(services.publish_item(kind, current_actor(), item_id, expected_version(), **body))
