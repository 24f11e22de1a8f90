"""Preview links, and what they show, on the wire."""

from __future__ import annotations

import copy
from functools import cache

from marshmallow import Schema, fields

from cms.core.http.fields import WholeNumber
from cms.core.http.schemas import MEDIA_BASE, PersonSchema, StrictSchema
from cms.editorial.items.models import LARGEST_EDITION, State
from cms.editorial.previews.models import LONGEST_LIFE

MOMENT = {"format": "date-time"}
SHORTEST_LIFE, USUAL_LIFE = 60, 7 * 86_400
MOST_USES = 10_000


class PreviewCreateSchema(StrictSchema):
    """A new preview link."""

    edition = WholeNumber(
        min=1,
        max=LARGEST_EDITION,
        allow_none=True,
        metadata={"description": "The edition to show for good; null follows the newest one.", "example": None},
    )
    expires_in = WholeNumber(
        min=SHORTEST_LIFE,
        max=int(LONGEST_LIFE.total_seconds()),
        load_default=USUAL_LIFE,
        metadata={"description": "Life of the link in seconds; 7 days by default, 30 at most."},
    )
    uses = WholeNumber(
        min=1,
        max=MOST_USES,
        allow_none=True,
        metadata={"description": "How often it may be opened; null for any number.", "example": 20},
    )


class PreviewSchema(StrictSchema):
    """The data of a preview link; the link itself is shown only when it is made."""

    id = fields.String(metadata={"format": "uuid"})
    edition = fields.Integer(
        allow_none=True, metadata={"description": "Null: follows the newest edition.", "example": 1}
    )
    created_by = fields.Nested(PersonSchema)
    created_at = fields.String(metadata=MOMENT)
    expires_at = fields.String(metadata=MOMENT)
    is_active = fields.Boolean(metadata={"description": "False when revoked, expired or used up."})
    uses = fields.Integer(metadata={"description": "How often it was opened."})
    uses_left = fields.Integer(allow_none=True, metadata={"description": "Null: any number."})
    last_used_at = fields.String(allow_none=True, metadata=MOMENT)
    revoked_at = fields.String(allow_none=True, metadata=MOMENT)


class MadePreviewSchema(PreviewSchema):
    """A preview link, this once with its address."""

    url = fields.String(
        metadata={
            "format": "uri",
            "description": "Send it to the people who may read the draft; it opens nothing else. A page of the agency's website with "
            "`preview=` if the agency has a template for its addresses, else `content_url`.",
            "example": "https://simpul.balikpapan.example/preview/posts/5f0c1d9ae47b.019ac1a0-7c00-7000-8000-000000000004.c2lnbmF0dXJl",
        }
    )
    content_url = fields.String(
        metadata={
            "format": "uri",
            "description": "Where the website gets the draft as JSON: `/preview/` of this server, followed by its parameter `preview`.",
            "example": "https://simpul.balikpapan.example/preview/posts/5f0c1d9ae47b.019ac1a0-7c00-7000-8000-000000000004.c2lnbmF0dXJl",
        }
    )


class PreviewMetaSchema(StrictSchema):
    """About a preview."""

    edition = fields.Integer(metadata={"description": "The edition that is shown.", "example": 1})
    state = fields.String(metadata={"enum": [state.value for state in State], "description": "State of the item."})
    expires_at = fields.String(metadata=MOMENT)
    uses_left = fields.Integer(allow_none=True, metadata={"description": "Null: any number."})
    media_base = MEDIA_BASE


@cache
def previewed_schema(kind: str, rendered: type[Schema]) -> type[Schema]:
    """The delivered form of an item that may still be incomplete, in its envelope."""
    data = StrictSchema.from_dict(
        {name: _may_be_missing(field) for name, field in rendered._declared_fields.items()},  # noqa: SLF001
        name=f"{kind.title()}Preview",
    )
    meta = fields.Nested(PreviewMetaSchema, required=True)
    return StrictSchema.from_dict(
        {"data": fields.Nested(data, required=True), "meta": meta}, name=f"{kind.title()}PreviewAnswer"
    )


def _may_be_missing(field: fields.Field) -> fields.Field:  # type: ignore[type-arg]
    """The same field, null where a draft has nothing yet."""
    relaxed = copy.deepcopy(field)
    if "enum" not in relaxed.metadata:
        relaxed.allow_none = True
    return relaxed
