"""The schemas that all content types share: transitions, the state of an item, lists."""

from __future__ import annotations

from marshmallow import fields

from cms.agencies.fields import agency_slugs
from cms.core.http.fields import Choice, Moment, Text, Words, YesNo
from cms.core.http.schemas import PageQuerySchema, PersonSchema, StrictSchema, VersionedSchema
from cms.editorial.items.models import State
from cms.editorial.items.policies import Operation
from cms.editorial.leases.schemas import LeaseSchema

LONGEST_COMMENT = 2_000


class SubmitSchema(StrictSchema):
    """Asks for review."""

    comment = Text(
        max=LONGEST_COMMENT,
        lines=True,
        allow_none=True,
        metadata={"description": "For the reviewer.", "example": "Sudah diperiksa."},
    )


class ReturnSchema(StrictSchema):
    """Gives an item back to its authors."""

    comment = Text(
        min=1,
        max=LONGEST_COMMENT,
        lines=True,
        required=True,
        metadata={"description": "What to change.", "example": "Sudah diperiksa."},
    )


class PublishSchema(StrictSchema):
    """Publishes the newest edition."""

    change_note = Text(
        max=LONGEST_COMMENT,
        lines=True,
        allow_none=True,
        metadata={
            "description": "What is new: needed for a major update of what readers had before, who see it in `change_history`."
        },
    )
    update = Choice(
        ("major", "minor"),
        load_default=None,
        metadata={
            "description": "Without it an update is major. A major one needs a note when readers had the item before. A minor one "
            "keeps `public_updated_at` and tells readers nothing."
        },
    )


class ApprovalSchema(StrictSchema):
    """An approval of one edition."""

    edition = fields.Integer(metadata={"example": 1})
    by = fields.Nested(PersonSchema)
    at = fields.String(metadata={"format": "date-time", "example": "2026-11-24T01:00:00Z"})


class HoldSchema(StrictSchema):
    """A reason why an edition needs the approval of a second person."""

    code = fields.String(metadata={"example": "unknown_domain"})
    pointer = fields.String(allow_none=True, metadata={"example": "/body"})
    detail = fields.String(allow_none=True)


class ItemScheduleSchema(StrictSchema):
    """The schedule of an item: instants, and the local time in the zone of whoever scheduled it."""

    publish_at = fields.String(allow_none=True, metadata={"format": "date-time"})
    unpublish_at = fields.String(allow_none=True, metadata={"format": "date-time"})
    timezone = fields.String(metadata={"example": "Asia/Makassar"})
    publish_at_local = fields.String(allow_none=True, metadata={"example": "2026-12-01T08:00:00+08:00"})
    unpublish_at_local = fields.String(allow_none=True, metadata={"example": "2026-12-31T23:59:00+08:00"})
    by = fields.Nested(PersonSchema, metadata={"description": "Who scheduled it."})


class ItemStateSchema(VersionedSchema):
    """The state of an item."""

    id = fields.String(metadata={"format": "uuid"})
    type = fields.String()
    state = fields.String(
        metadata={"enum": [state.value for state in State], "description": "State of the newest edition."}
    )
    edition = fields.Integer(metadata={"description": "Number of the newest edition.", "example": 1})
    published_edition = fields.Integer(
        allow_none=True, metadata={"description": "The edition that readers have; null when they have none."}
    )
    allowed_actions = fields.List(
        fields.String(metadata={"enum": [operation.value for operation in Operation]}),
        metadata={"description": "What the caller can do with the item now."},
    )
    approval = fields.Nested(
        ApprovalSchema,
        allow_none=True,
        metadata={
            "description": "Who approved the newest edition; null without an approval, or after a save voided it."
        },
    )
    hold = fields.List(
        fields.Nested(HoldSchema),
        metadata={"description": "Why moderation holds the newest edition; empty when it does not.", "example": []},
    )
    comment = fields.String(
        allow_none=True,
        metadata={
            "description": "The comment of the last step: why it was returned, what is new.",
            "example": "Sudah diperiksa.",
        },
    )
    schedule = fields.Nested(ItemScheduleSchema, allow_none=True, metadata={"description": "The schedule; null: none."})
    unpublished_as = fields.String(
        allow_none=True,
        metadata={
            "enum": ["gone", "redirect", "withdrawn", "vanish", None],
            "description": "How it was taken back from readers; null when it was not.",
        },
    )
    author = fields.Nested(PersonSchema)
    created_at = fields.String(metadata={"format": "date-time"})
    updated_at = fields.String(metadata={"format": "date-time"})
    published_at = fields.String(
        allow_none=True, metadata={"format": "date-time", "description": "First publication; null before it."}
    )
    trashed_at = fields.String(
        allow_none=True,
        metadata={"format": "date-time", "description": "When it was put into the trash.", "example": None},
    )


class RowSchema(ItemStateSchema):
    """An item in a list."""

    agency = fields.String(metadata={"description": "Slug of the owner.", "example": "dpu"})
    channel = fields.String(metadata={"description": "Slug of the channel.", "example": "dpu"})
    title = fields.String(metadata={"example": "Penutupan Jalan MT Haryono"})
    slug = fields.String(metadata={"example": "penutupan-jalan-mt-haryono"})


class ContentQuerySchema(PageQuerySchema):
    """Filters of a list; a comma means any of."""

    agency = agency_slugs(metadata={"description": "Slugs of owner agencies."})
    channel = agency_slugs(metadata={"description": "Slugs of channels."})
    state = Words(
        choices=(state.value for state in State),
        metadata={"description": "States of the newest edition."},
    )
    updated_after = Moment(metadata={"description": "Only items changed after this moment."})


class EditedSchema(ItemStateSchema):
    """The state of a single item, and who is editing it."""

    canonical_url = fields.String(
        allow_none=True,
        metadata={
            "format": "uri",
            "description": "Where people find what readers have of it now; null while they have nothing.",
        },
    )
    open_comments = fields.Integer(metadata={"description": "The number of open comments.", "example": 0})

    first_published_at = fields.String(
        allow_none=True,
        metadata={
            "format": "date-time",
            "description": "First publication before it came here, as an import says.",
            "example": None,
        },
    )
    legacy_addresses = fields.List(
        fields.String(metadata={"format": "uri"}),
        metadata={"description": "Addresses that it had before.", "example": []},
    )
    lease = fields.Nested(
        LeaseSchema, allow_none=True, metadata={"description": "Who is editing it now; null without a lease."}
    )


class ChangeQuerySchema(StrictSchema):
    """How a change is saved."""

    autosave = YesNo(
        from_text=True,
        load_default=False,
        metadata={
            "description": "Saved by a program while a person writes: within half an hour such saves stay one edition."
        },
    )
