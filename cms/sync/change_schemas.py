"""What the log of changes takes and gives, as the OpenAPI document describes it."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields

from cms.changes.facts import CauseKind
from cms.core.http.field_rules import Pattern
from cms.core.http.fields import Text, WholeNumber, Words
from cms.core.http.schemas import StrictSchema
from cms.publishing.delivered import DeliveredTypes
from cms.serving.copy_limits import DEFAULT_LINES, MOST_LINES
from cms.serving.parameters import SLUGS
from cms.sync.changed_lines import POSITION, POSITION_IN_WORDS
from cms.sync.references import REFERENCE_TYPES
from cms.sync.schemas import MOMENT, SyncLinksSchema, SyncMetaSchema
from cms.sync.waiting import LONGEST_WAIT

LAST_EVENT_ID: Final[dict[str, Any]] = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "`id` of the last event that arrived, when a stream is opened again.",
    "schema": {"type": "string", "maxLength": 40},
    "example": "k3v9mrta-816",
}


def changes_query(types: DeliveredTypes) -> type[Schema]:
    """Which lines of the log, and for how long to wait for them."""
    parameters: dict[str, fields.Field[Any]] = {
        **_lines_of(types, "Without it from the beginning."),
        "limit": WholeNumber(
            from_text=True,
            min=1,
            max=MOST_LINES,
            load_default=DEFAULT_LINES,
            metadata={"description": "Lines per page."},
        ),
        "wait": WholeNumber(
            from_text=True,
            min=1,
            max=LONGEST_WAIT,
            metadata={
                "description": "Seconds to wait for the next line (long poll), only at `waiting.poll` of `/v1/capabilities`.",
                "example": 25,
            },
        ),
    }
    return StrictSchema.from_dict(parameters, name="changes_query")


def stream_query(types: DeliveredTypes) -> type[Schema]:
    """Which lines of the log a stream tells."""
    told = "`Last-Event-ID` takes its place. Without both from now on."
    return StrictSchema.from_dict(_lines_of(types, told), name="stream_query")


def _lines_of(types: DeliveredTypes, without: str) -> dict[str, fields.Field[Any]]:
    names = [*(each.name for each in types.types), *REFERENCE_TYPES]
    return {
        "after": Text(
            max=40,
            validate=[Pattern(POSITION.pattern, POSITION_IN_WORDS)],
            metadata={
                "description": f"Lines after this one: `Content-Epoch` and `Content-Seq` of an answer. {without}",
                "example": "k3v9mrta-816",
            },
        ),
        "type": Words(choices=names, metadata={"description": "What the lines are about.", "example": "post"}),
        "agency": Words(**SLUGS, metadata={"description": "Whose lines; includes agencies that were merged into it."}),
    }


class ChangeLineSchema(StrictSchema):
    """One line of the log, as readers may know it."""

    sequence = fields.Integer(metadata={"example": 811})
    recorded_at = fields.String(metadata=MOMENT)
    action = fields.String(metadata={"description": "What happened.", "example": "post.published"})
    type = fields.String(metadata={"example": "post"})
    id = fields.String(metadata={"description": "As in copies.", "example": "019ac1a0-7c00-7000-8000-000000000002"})
    agency = fields.String(allow_none=True, metadata={"description": "Owner, or who carries it.", "example": "dpu"})
    update = fields.String(allow_none=True, metadata={"enum": ["major", "minor", None]})
    ending = fields.String(allow_none=True, metadata={"enum": ["gone", "redirect", "withdrawn", "expired", None]})
    cause = fields.String(
        allow_none=True,
        metadata={"description": "Null: somebody asked for it directly.", "enum": [*map(str, CauseKind), None]},
    )
    digest = fields.String(
        allow_none=True,
        metadata={
            "description": "`digest` of the item in copies that have it as its owner's; null when it is gone, and when parts of it were erased.",
            "example": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        },
    )


class ChangesPageSchema(StrictSchema):
    """Lines of the log."""

    data = fields.List(fields.Nested(ChangeLineSchema), required=True)
    links = fields.Nested(SyncLinksSchema, required=True)
    meta = fields.Nested(SyncMetaSchema, required=True)
