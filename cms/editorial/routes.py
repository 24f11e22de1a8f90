"""The routes of a content type, from one factory: posts and documents behave alike because they run the same code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Response, request
from marshmallow import Schema

from cms.core.access import current_actor, requires
from cms.core.answers import Answer, PageRequest, created_answer, one_answer
from cms.core.api import Blueprint
from cms.core.clock import from_micros, micros
from cms.core.conditional import expected_version, require_creation
from cms.core.errors import invalid_parameter
from cms.core.ids import is_id
from cms.core.permissions import Permission
from cms.core.runtime import runtime
from cms.core.schemas import many, one
from cms.editorial.content_types import ContentType
from cms.editorial.guarding import with_hold
from cms.editorial.history.routes import add_revisions
from cms.editorial.history.schemas import ChangeQuerySchema
from cms.editorial.leases.routes import add_lease
from cms.editorial.models import Item
from cms.editorial.presenter import present_item, present_row
from cms.editorial.previews.routes import add_previews
from cms.editorial.queries import ItemFilter, get_item, get_revision, list_items
from cms.editorial.review.comment_routes import add_comments
from cms.editorial.review.routes import add_review
from cms.editorial.schedules.planned import as_of_now
from cms.editorial.schedules.routes import add_times
from cms.editorial.schemas import PublishSchema, ReturnSchema, SubmitSchema
from cms.editorial.services import (
    Edited,
    create_item,
    publish_item,
    replace_item,
    return_item,
    submit_item,
    update_item,
)
from cms.editorial.trash import delete_item

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
    "description": "The `ETag` that was read replaces the item; not the current one: 412.",
    "schema": {"type": "string", "pattern": '^"v[0-9]{1,12}"$'},
}
PUT = """With `If-None-Match: *` the draft is created under the client's UUIDv7; repeating the call is safe.

With `If-Match` the whole content is replaced: a field that is not given goes back to its default. Files stay, and the slug
unless another is given."""
DELETE = """Into the trash, as `POST .../trash` does. What is in the trash already and was never published is removed for ever, with all
its editions, by who may purge."""
MERGE_PATCH = "JSON merge patch (RFC 7396): null resets a field; `application/merge-patch+json` is accepted as well."

CHANGE_PROBLEMS = (400, 401, 403, 404, 409, 412, 413, 415, 422, 428)

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Wire:
    """A content type with its schemas; `label_parameter` is the query parameter of its label field."""

    content_type: ContentType
    create: type[Schema]
    update: type[Schema]
    item: type[Schema]
    row: type[Schema]
    query: type[Schema]

    @property
    def path(self) -> str:
        """Where the items of this type are."""
        return f"/manage/v1/{self.content_type.plural}"

    def named(self, name: str, summary: str, description: str = "") -> Callable[[View], View]:
        """Give a view the name and the documentation of this type; the name is the operation id."""
        kind = self.content_type.name

        def decorator(view: View) -> View:
            view.__name__ = name.format(kind if "{}" in name else "")
            view.__doc__ = f"{summary.format(kind)}\n\n{description}".strip()
            return view

        return decorator

    def shown(self, edited: Edited) -> Answer:
        """200 with an item; warns of what the guard found in it."""
        return with_hold(one_answer(self.presented(edited), edited.item.version), edited.item)

    def created(self, edited: Edited) -> Answer:
        """201 with a new item; warns of what the guard found in it."""
        answer = created_answer(self.presented(edited), edited.item.version, f"{self.path}/{edited.item.id}")
        return with_hold(answer, edited.item)

    def presented(self, edited: Edited) -> dict[str, Any]:
        """The item for this caller."""
        return present_item(edited.item, edited.revision, current_actor(), runtime().settings.city_channel)

    def presented_row(self, item: Item) -> dict[str, Any]:
        """The item in a list for this caller."""
        return present_row(self.content_type, item, current_actor(), runtime().settings.city_channel)


def content_blueprint(wire: Wire) -> Blueprint:
    """All routes of a content type under `/manage/v1/<plural>`."""
    blueprint = Blueprint(wire.content_type.plural, __name__, url_prefix=wire.path)
    for add in (_add_list, _add_creation, _add_put, _add_read, _add_change, _add_deletion):
        add(blueprint, wire)
    for add in (_add_submit, _add_return, _add_publish, add_times):
        add(blueprint, wire)
    for add in (add_review, add_comments):
        add(blueprint, wire)
    for add in (add_revisions, add_lease, add_previews):
        add(blueprint, wire)
    return blueprint


def _add_list(blueprint: Blueprint, wire: Wire) -> None:
    kind = wire.content_type

    @blueprint.route("")
    @requires(Permission.CONTENT_READ)
    @blueprint.arguments(wire.query, location="query")
    @blueprint.response(200, many(wire.row))
    @blueprint.problems(400, 401, 403)
    @wire.named(f"list_managed_{kind.plural}", f"List {kind.plural}", "What the caller may see, newest change first.")
    def view(query: dict[str, Any]) -> Answer:
        page = PageRequest(query)
        after = (from_micros(page.after[0]), page.after[1]) if page.after else None
        found = list_items(kind, current_actor(), _filter(query, kind.label), page.fetch, after)
        items = [as_of_now(item) for item in found]
        return page.answer(items, wire.presented_row, lambda item: (micros(item.updated_at), item.id))


def _filter(query: Mapping[str, Any], label: str) -> ItemFilter:
    return ItemFilter(
        agencies=query.get("agency", ()),
        channels=query.get("channel", ()),
        states=query.get("state", ()),
        labels=query.get(label, ()),
        updated_after=query.get("updated_after"),
    )


def _add_creation(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("", methods=["POST"])
    @requires(Permission.CONTENT_CREATE)
    @blueprint.arguments(wire.create)
    @blueprint.response(201, one(wire.item))
    @blueprint.problems(400, 401, 403, 409, 413, 415, 422)
    @wire.named("create_{}", "Create a {}", "Makes a draft; nobody but colleagues sees it.")
    def view(content: dict[str, Any]) -> Answer:
        return wire.created(create_item(wire.content_type, current_actor(), content))


def _add_put(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>", methods=["PUT"])
    @requires(Permission.CONTENT_CREATE)
    @blueprint.arguments(wire.create)
    @blueprint.response(201, one(wire.item))
    @blueprint.alt_response(200, schema=one(wire.item), description="Replaced.")
    @blueprint.problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 428)
    @blueprint.doc(parameters=[IF_NONE_MATCH, IF_MATCH_TO_REPLACE])
    @wire.named("put_{}", "Create a {} under an id of your own, or replace it", PUT)
    def view(content: dict[str, Any], item_id: str) -> Answer:
        if "If-Match" in request.headers:
            return wire.shown(replace_item(wire.content_type, current_actor(), item_id, content, expected_version()))
        require_creation()
        if not is_id(item_id):
            raise invalid_parameter("item_id", "bad_format", expected="a UUIDv7")
        return wire.created(create_item(wire.content_type, current_actor(), content, item_id))


def _add_read(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>")
    @requires(Permission.CONTENT_READ)
    @blueprint.response(200, one(wire.item))
    @blueprint.problems(401, 403, 404)
    @wire.named("get_{}", "Read a {}", "The newest edition, with what the caller can do next.")
    def view(item_id: str) -> Answer:
        item = as_of_now(get_item(wire.content_type, item_id, current_actor()))
        return wire.shown(Edited(item, get_revision(item)))


def _add_change(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>", methods=["PATCH"])
    @requires(Permission.CONTENT_EDIT)
    @blueprint.arguments(ChangeQuerySchema, location="query")
    @blueprint.arguments(wire.update, description=MERGE_PATCH)
    @blueprint.response(200, one(wire.item))
    @blueprint.problems(*CHANGE_PROBLEMS)
    @wire.named(
        "update_{}", "Change a {}", "Saves a new edition; readers keep the published one until the next publish."
    )
    def view(query: dict[str, Any], patch: dict[str, Any], item_id: str) -> Answer:
        how = {"is_autosave": query["autosave"]}
        return wire.shown(update_item(wire.content_type, current_actor(), item_id, patch, expected_version(), **how))


def _add_deletion(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>", methods=["DELETE"])
    @requires(Permission.CONTENT_DELETE)
    @blueprint.response(204)
    @blueprint.problems(401, 403, 404, 409, 412, 428)
    @wire.named("delete_{}", "Put a {} into the trash, or purge it from there", DELETE)
    def view(item_id: str) -> Response:
        delete_item(wire.content_type, current_actor(), item_id, expected_version())
        return Response(status=204)


def _add_submit(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/submit", methods=["POST"])
    @requires(Permission.CONTENT_SUBMIT)
    @blueprint.arguments(SubmitSchema)
    @blueprint.response(200, one(wire.item))
    @blueprint.problems(*CHANGE_PROBLEMS)
    @wire.named("submit_{}", "Submit a {} for review", "From then on its authors wait; editors may still change it.")
    def view(body: dict[str, Any], item_id: str) -> Answer:
        return wire.shown(submit_item(wire.content_type, current_actor(), item_id, expected_version(), **body))


def _add_return(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/return", methods=["POST"])
    @requires(Permission.CONTENT_RETURN)
    @blueprint.arguments(ReturnSchema)
    @blueprint.response(200, one(wire.item))
    @blueprint.problems(*CHANGE_PROBLEMS)
    @wire.named("return_{}", "Return a {} to its authors", "The comment says what is to be done.")
    def view(body: dict[str, Any], item_id: str) -> Answer:
        return wire.shown(return_item(wire.content_type, current_actor(), item_id, expected_version(), **body))


def _add_publish(blueprint: Blueprint, wire: Wire) -> None:
    @blueprint.route("/<item_id>/publish", methods=["POST"])
    @requires(Permission.CONTENT_PUBLISH)
    @blueprint.arguments(PublishSchema)
    @blueprint.response(200, one(wire.item))
    @blueprint.problems(*CHANGE_PROBLEMS)
    @wire.named("publish_{}", "Publish a {}", "When this has answered, the next read in any process shows it.")
    def view(body: dict[str, Any], item_id: str) -> Answer:
        return wire.shown(publish_item(wire.content_type, current_actor(), item_id, expected_version(), **body))
