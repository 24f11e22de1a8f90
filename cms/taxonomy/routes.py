"""Management of categories, and the list of information kinds: /manage/v1/categories, /manage/v1/information-kinds."""

from __future__ import annotations

from typing import Any

from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, PageRequest, created_answer, one_answer
from cms.core.http.api import Blueprint
from cms.core.http.conditional import expected_version
from cms.core.http.schemas import many, one
from cms.core.permissions import Permission
from cms.taxonomy import queries, services
from cms.taxonomy.presenter import render_category, render_information_kind
from cms.taxonomy.schemas import (
    CategoryCreateSchema,
    CategoryQuerySchema,
    CategorySchema,
    CategoryUpdateSchema,
    InformationKindQuerySchema,
    InformationKindSchema,
)

blp = Blueprint("taxonomy", __name__, url_prefix="/manage/v1", description="What content is filed under.")
SLUG = [{"name": "slug", "in": "path", "description": "Slug of the category, such as `infrastruktur`."}]


@blp.route("/categories")
@requires(Permission.TAXONOMY_READ)
@blp.arguments(CategoryQuerySchema, location="query")
@blp.response(200, many(CategorySchema))
@blp.problems(400, 401, 403)
def list_categories(query: dict[str, Any]) -> Answer:
    """List categories.

    By slug, retired ones included unless `retired=false`.
    """
    page = PageRequest(query)
    rows = queries.list_categories(
        retired=query.get("retired"), after=page.after[0] if page.after else None, limit=page.fetch
    )
    return page.answer(rows, render_category, lambda category: [category.slug])


@blp.route("/categories", methods=["POST"])
@requires(Permission.TAXONOMY_WRITE)
@blp.arguments(CategoryCreateSchema)
@blp.response(201, one(CategorySchema))
@blp.problems(400, 401, 403, 409, 413, 415, 422)
def create_category(values: dict[str, Any]) -> Answer:
    """Add a category.

    Its slug is what content and filters name it by; it never changes.
    """
    category = services.create_category(current_actor(), values)
    return created_answer(render_category(category), category.version, f"/manage/v1/categories/{category.slug}")


@blp.route("/categories/<slug>", parameters=SLUG)
@requires(Permission.TAXONOMY_READ)
@blp.response(200, one(CategorySchema))
@blp.problems(400, 401, 403, 404)
def read_category(slug: str) -> Answer:
    """Read a category.

    The answer's ETag is what a change must send in If-Match.
    """
    category = queries.get_category(slug)
    return one_answer(render_category(category), category.version)


@blp.route("/categories/<slug>", methods=["PATCH"], parameters=SLUG)
@requires(Permission.TAXONOMY_WRITE)
@blp.arguments(CategoryUpdateSchema)
@blp.response(200, one(CategorySchema))
@blp.problems(400, 401, 403, 404, 412, 413, 415, 422, 428)
def update_category(changes: dict[str, Any], slug: str) -> Answer:
    """Rename, describe or retire a category.

    JSON merge patch (RFC 7396). A retired category stays on the content that has it; new content cannot take it.
    """
    category = services.update_category(current_actor(), slug, expected_version(), changes)
    return one_answer(render_category(category), category.version)


@blp.route("/information-kinds")
@requires(Permission.TAXONOMY_READ)
@blp.arguments(InformationKindQuerySchema, location="query")
@blp.response(
    200,
    many(InformationKindSchema),
)
@blp.problems(400, 401, 403)
def list_information_kinds(query: dict[str, Any]) -> Answer:
    """List the kinds of public information.

    The lists of Perki 1/2021 by code, with the article and how certain it is. They come with the project and are read-only.
    """
    page = PageRequest(query)
    rows = queries.list_information_kinds(
        classes=query.get("information_class", ()),
        parent=next(iter(query.get("parent", ())), None),
        after=page.after[0] if page.after else None,
        limit=page.fetch,
    )
    return page.answer(rows, render_information_kind, lambda kind: [kind.code])
