"""`/manage/v1/accessibility`: who can read the published files."""

from __future__ import annotations

from typing import Any

from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, PageRequest
from cms.core.http.api import Blueprint
from cms.core.http.schemas import many
from cms.core.permissions import Permission
from cms.documents.accessibility import count_problems, list_read_files, render_read_file
from cms.documents.accessibility_schemas import (
    AccessibilityQuerySchema,
    AgencyAccessibilityQuerySchema,
    AgencyAccessibilitySchema,
    ReadFileSchema,
)

blp = Blueprint(
    "accessibility",
    __name__,
    url_prefix="/manage/v1/accessibility",
    description="Published files that not everybody can read: scans, files without structure, language or descriptions.",
)


@blp.route("/files")
@requires(Permission.CONTENT_READ)
@blp.arguments(AccessibilityQuerySchema, location="query")
@blp.response(200, many(ReadFileSchema))
@blp.problems(400, 401, 403)
def list_inaccessible_files(query: dict[str, Any]) -> Answer:
    """List published files with a problem.

    Of the agencies whose documents the caller may see. What was uploaded a moment ago may not have been read yet.
    """
    page = PageRequest(query)
    rows = list_read_files(current_actor(), query.get("agency", ()), query.get("problem", ()), page.after, page.fetch)
    return page.answer(rows, render_read_file, lambda read: read.position)


@blp.route("/agencies")
@requires(Permission.CONTENT_READ)
@blp.arguments(AgencyAccessibilityQuerySchema, location="query")
@blp.response(200, many(AgencyAccessibilitySchema))
@blp.problems(400, 401, 403)
def count_inaccessible_files(query: dict[str, Any]) -> Answer:
    """Count the published files with each problem, by agency."""
    page = PageRequest(query)
    begins = page.after[0] if page.after else 0
    rows = list(enumerate(count_problems(current_actor(), query.get("agency", ())), start=1))
    return page.answer(rows[begins : begins + page.fetch], lambda row: row[1], lambda row: [row[0]])
