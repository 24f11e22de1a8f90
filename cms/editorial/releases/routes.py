"""`/manage/v1/releases`: several items that readers get in the same moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from cms.core.clock import from_micros, micros
from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, PageRequest, created_answer, one_answer
from cms.core.http.api import CHANGE_PROBLEMS, Blueprint
from cms.core.http.conditional import expected_version
from cms.core.http.schemas import many, one
from cms.core.permissions import Permission
from cms.editorial.publishing import Update
from cms.editorial.releases import queries, services
from cms.editorial.releases.presenter import render_release
from cms.editorial.releases.queries import get_release
from cms.editorial.releases.schemas import (
    ReleaseCreateSchema,
    ReleasePublishSchema,
    ReleaseQuerySchema,
    ReleaseSchema,
    ReleaseUpdateSchema,
)

if TYPE_CHECKING:
    from cms.editorial.releases.models import Release

PATH = "/manage/v1/releases"

releases = Blueprint("releases", __name__, url_prefix=PATH, description="Items that are published together.")


@releases.route("")
@requires(Permission.CONTENT_READ)
@releases.arguments(ReleaseQuerySchema, location="query")
@releases.response(200, many(ReleaseSchema))
@releases.problems(400, 401, 403)
def list_releases(query: dict[str, Any]) -> Answer:
    """List releases.

    Those that the caller made, and those whose items the caller may all see; newest change first.
    """
    page = PageRequest(query)
    after = (from_micros(page.after[0]), page.after[1]) if page.after else None
    found = queries.list_releases(current_actor(), page.fetch, after)
    return page.answer(found, render_release, lambda release: (micros(release.updated_at), release.id))


@releases.route("", methods=["POST"])
@requires(Permission.CONTENT_PUBLISH)
@releases.arguments(ReleaseCreateSchema)
@releases.response(201, one(ReleaseSchema))
@releases.problems(400, 401, 403, 413, 415, 422)
def create_release(body: dict[str, Any]) -> Answer:
    """Put items together.

    Nothing happens to them before the release is published.
    """
    release = services.create_release(current_actor(), body["title"], _named(body["items"]))
    return created_answer(render_release(release), release.version, f"{PATH}/{release.id}")


@releases.route("/<release_id>")
@requires(Permission.CONTENT_READ)
@releases.response(200, one(ReleaseSchema))
@releases.problems(401, 403, 404)
def read_release(release_id: str) -> Answer:
    """Read a release."""
    return _shown(get_release(current_actor(), release_id))


@releases.route("/<release_id>", methods=["PATCH"])
@requires(Permission.CONTENT_PUBLISH)
@releases.arguments(ReleaseUpdateSchema)
@releases.response(200, one(ReleaseSchema))
@releases.problems(*CHANGE_PROBLEMS)
def update_release(body: dict[str, Any], release_id: str) -> Answer:
    """Change a release.

    Until it is published; `items` replaces the whole list.
    """
    items = _named(body["items"]) if "items" in body else None
    return _shown(
        services.update_release(current_actor(), release_id, expected_version(), title=body.get("title"), items=items)
    )


@releases.route("/<release_id>", methods=["DELETE"])
@requires(Permission.CONTENT_PUBLISH)
@releases.response(204)
@releases.problems(401, 403, 404, 409, 412, 428)
def delete_release(release_id: str) -> Response:
    """Take a release apart.

    Its items stay as they are.
    """
    services.delete_release(current_actor(), release_id, expected_version())
    return Response(status=204)


@releases.route("/<release_id>/publish", methods=["POST"])
@requires(Permission.CONTENT_PUBLISH)
@releases.arguments(ReleasePublishSchema)
@releases.response(200, one(ReleaseSchema))
@releases.problems(*CHANGE_PROBLEMS)
def publish_release(body: dict[str, Any], release_id: str) -> Answer:
    """Publish all items of a release, or none.

    409 `release_refused` has one entry per item that cannot be published. The same rules hold as for publishing each one alone.
    """
    update = Update.said(body.get("change_note"), body["update"])
    return _shown(services.publish_release(current_actor(), release_id, expected_version(), update))


def _shown(release: Release) -> Answer:
    return one_answer(render_release(release), release.version)


def _named(items: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(item["type"], item["id"]) for item in items]
