"""`.../personal-data` of an item: what the privacy guard found, and the confirmation that it may be public."""

from __future__ import annotations

from typing import Any

from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, whole_answer
from cms.core.http.conditional import expected_version
from cms.core.http.operations import always
from cms.core.http.schemas import one
from cms.core.permissions import Permission
from cms.editorial.items.queries import get_edition, get_item
from cms.editorial.personal_data.presenter import render_personal_data
from cms.editorial.personal_data.schemas import ConfirmSchema, PersonalDataSchema
from cms.editorial.personal_data.services import confirm_personal_data
from cms.editorial.resource import Operations, Resource, item_schema

operations = Operations()


@operations.route(
    "/<item_id>/personal-data",
    requires(Permission.CONTENT_READ),
    answer=always(one(PersonalDataSchema)),
    problems=(401, 403, 404),
)
def show_item_personal_data(resource: Resource, item_id: str) -> Answer:
    """Show what the privacy guard found in a {type}

    In the texts of the newest edition and in the files that it shows, as far as they are read. Values are masked.
    """
    item = get_item(resource.content_type, item_id, current_actor())
    return whole_answer(render_personal_data(item, get_edition(item)))


@operations.route(
    "/<item_id>/personal-data/confirm",
    requires(Permission.CONTENT_PUBLISH),
    "POST",
    body=ConfirmSchema,
    answer=item_schema,
)
def confirm_item_personal_data(resource: Resource, body: dict[str, Any], item_id: str) -> Answer:
    """Confirm that found personal data in a {type} may be public

    For whoever may publish it. The confirmation is for exactly these findings: a new one holds the publication again. The reason is kept.
    """
    kind = resource.content_type
    return resource.shown(confirm_personal_data(kind, current_actor(), item_id, expected_version(), **body))
