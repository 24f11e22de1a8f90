"""What the content types share on the wire: transitions, the standing of an item, lists."""

from __future__ import annotations

from marshmallow import fields

from cms.core.fields import Choice, Moment, Text, Words
from cms.core.schemas import PageQuerySchema, StrictSchema
from cms.editorial.fields import AGENCY_PATTERN, WebAddress
from cms.editorial.models import State
from cms.editorial.policies import Operation

LONGEST_COMMENT = 2_000


class SubmitSchema(StrictSchema):
    """Asks for review."""

    comment = Text(max=LONGEST_COMMENT, lines=True, allow_none=True, metadata={"description": "For the reviewer."})


class ReturnSchema(StrictSchema):
    """Gives an item back to its authors."""

    comment = Text(
        min=1, max=LONGEST_COMMENT, lines=True, required=True, metadata={"description": "What is to be done."}
    )


class PublishSchema(StrictSchema):
    """Publishes the newest edition."""

    change_note = Text(
        max=LONGEST_COMMENT, lines=True, allow_none=True, metadata={"description": "What is new, for colleagues."}
    )
    update = Choice(
        ("major", "minor"),
        load_default="major",
        metadata={"description": "A minor update keeps the `updated_at` that readers see."},
    )


class UnpublishSchema(StrictSchema):
    """Takes an item back from readers."""

    kind = Choice(
        ("gone", "vanish"),
        required=True,
        metadata={"description": "`gone` answers 410 with the explanation; `vanish` 404, as if it had never been."},
    )
    explanation = Text(
        min=1,
        max=LONGEST_COMMENT,
        lines=True,
        allow_none=True,
        metadata={"description": "Why; needed for `gone`, whose readers see it."},
    )
    to = WebAddress(
        allow_path=True, allow_none=True, metadata={"description": "Where readers find it or its successor now."}
    )


class AuthorSchema(StrictSchema):
    """Who made the item; `id` is null for imported items."""

    id = fields.String(allow_none=True, metadata={"format": "uuid"})
    name = fields.String()


class StandingSchema(StrictSchema):
    """Where an item stands."""

    id = fields.String(metadata={"format": "uuid"})
    type = fields.String()
    state = fields.String(
        metadata={"enum": [state.value for state in State], "description": "State of the newest edition."}
    )
    edition = fields.Integer(metadata={"description": "Number of the newest edition."})
    published_edition = fields.Integer(
        allow_none=True, metadata={"description": "The edition that readers have; null when they have none."}
    )
    allowed_actions = fields.List(
        fields.String(metadata={"enum": [operation.value for operation in Operation]}),
        metadata={"description": "What the caller can do with the item now."},
    )
    comment = fields.String(
        allow_none=True, metadata={"description": "What was said with the last step: why it came back, what is new."}
    )
    author = fields.Nested(AuthorSchema)
    created_at = fields.String(metadata={"format": "date-time"})
    updated_at = fields.String(metadata={"format": "date-time"})
    published_at = fields.String(
        allow_none=True, metadata={"format": "date-time", "description": "First publication; null before it."}
    )


class RowSchema(StandingSchema):
    """An item in a list."""

    agency = fields.String(metadata={"description": "Slug of the owner."})
    channel = fields.String(metadata={"description": "Slug of the channel."})
    title = fields.String()
    slug = fields.String()


class ContentQuerySchema(PageQuerySchema):
    """Filters of a list; a comma means any of."""

    agency = Words(
        pattern=AGENCY_PATTERN, expected="slugs of agencies", metadata={"description": "Slugs of owner agencies."}
    )
    channel = Words(
        pattern=AGENCY_PATTERN, expected="slugs of channels", metadata={"description": "Slugs of channels."}
    )
    state = Words(
        pattern="|".join(state.value for state in State),
        expected=f"any of {', '.join(state.value for state in State)}",
        metadata={"description": "States of the newest edition."},
    )
    updated_after = Moment(metadata={"description": "Only items changed after this moment."})
