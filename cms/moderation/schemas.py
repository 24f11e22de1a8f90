"""Link lists, freezes, breakers and rollbacks on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.core.http.fields import Choice, Moment, Pattern, Slug, Text, YesNo
from cms.core.http.schemas import PageQuerySchema, PersonSchema, StrictSchema
from cms.core.ids import ID_PATTERN
from cms.moderation.models import BreakerKind, LinkStanding

_STANDINGS = [each.value for each in LinkStanding]
_KINDS = [each.value for each in BreakerKind]
LONGEST_REASON = 500
FREEZE_SCOPE = [
    {"name": "scope", "in": "path", "description": "Slug of the agency, `city`, or `person:` and the id of a person."}
]


class LinkDomainSchema(StrictSchema):
    """A domain in the link lists, with everything below it."""

    domain = fields.String(metadata={"example": "bmkg.example"})
    standing = fields.String(metadata={"enum": _STANDINGS})
    note = fields.String(allow_none=True, metadata={"example": "Peringatan dini cuaca."})
    changed_by = fields.Nested(PersonSchema)
    created_at = Moment()
    updated_at = Moment()


class LinkDomainSetSchema(StrictSchema):
    """What is known of a domain."""

    standing = Choice(
        _STANDINGS,
        required=True,
        metadata={"description": "`allowed`: links are fine. `blocked`: content with such a link is refused."},
    )
    note = Text(max=LONGEST_REASON, lines=True, allow_none=True, metadata={"description": "Why.", "example": "BMKG."})


class LinkDomainQuerySchema(PageQuerySchema):
    """Filters of the link lists."""

    standing = Choice(_STANDINGS, metadata={"description": "Only allowed or only blocked domains."})


class FreezeSchema(StrictSchema):
    """Publishing stands still in an agency or in the whole city, or a person changes nothing."""

    scope = fields.String(
        metadata={"description": "Slug of the agency, `city`, or `person:` and an id.", "example": "dpu"}
    )
    agency = fields.String(allow_none=True, metadata={"description": "Only this agency.", "example": "dpu"})
    person = fields.Nested(
        PersonSchema, allow_none=True, metadata={"description": "Only this person, who changes nothing."}
    )
    reason = fields.String(metadata={"example": "Akun editor diduga dibajak."})
    frozen_by = fields.Nested(PersonSchema)
    frozen_at = Moment()


class FreezesSchema(StrictSchema):
    """All freezes."""

    freezes = fields.List(fields.Nested(FreezeSchema))


class FreezeSetSchema(StrictSchema):
    """A freeze."""

    agency = Slug(
        max=63, allow_none=True, load_default=None, metadata={"description": "Null, and no `person`: the whole city."}
    )
    person = Text(
        max=36,
        allow_none=True,
        load_default=None,
        validate=[Pattern(ID_PATTERN, "the id of a person")],
        metadata={"format": "uuid", "description": "Id of the person who is to change nothing; without `agency`."},
    )
    reason = Text(
        min=5,
        max=LONGEST_REASON,
        required=True,
        metadata={"description": "Shown to everybody who is stopped.", "example": "Akun editor diduga dibajak."},
    )


class BreakerTripSchema(StrictSchema):
    """A pause because a person or an agency published, or a person took back, unusually much."""

    id = fields.String(metadata={"format": "uuid"})
    kind = fields.String(metadata={"enum": _KINDS})
    subject = fields.String(metadata={"description": "Id of the person or slug of the agency.", "example": "dpu"})
    label = fields.String(metadata={"example": "Dinas Pekerjaan Umum"})
    published = fields.Integer(metadata={"description": "Changes that led to it.", "example": 20})
    tripped_at = Moment()
    until = Moment(metadata={"description": "When it goes on by itself."})
    is_open = fields.Boolean(metadata={"description": "Whether it holds somebody up now."})
    reset_at = Moment(allow_none=True)
    reset_by = fields.Nested(PersonSchema, allow_none=True)
    reset_reason = fields.String(
        allow_none=True, metadata={"description": "Said when it was reset on the command line."}
    )


class BreakerQuerySchema(PageQuerySchema):
    """Filters of the breakers."""

    is_open = YesNo(data_key="open", from_text=True, metadata={"description": "Only those that hold somebody up now."})


class RollbackDoneSchema(StrictSchema):
    """How many items were treated how."""

    restored = fields.Integer(metadata={"description": "Readers have again what they had before."})
    withdrawn = fields.Integer(metadata={"description": "First published by the actor: taken back."})
    republished = fields.Integer(metadata={"description": "Taken back by the actor: live again."})
    reverted = fields.Integer(
        metadata={"description": "Drafts, images and reference data that have their old content again."}
    )
    trashed = fields.Integer(metadata={"description": "Drafts of the actor that nobody else wrote on: in the trash."})
    unchanged = fields.Integer(metadata={"description": "Nothing was left to undo."})


class RollbackFailureSchema(StrictSchema):
    """An item that could not be undone."""

    type = fields.String(
        metadata={"example": "post", "description": "A content type, `media`, `agency`, `category` or `link_domain`."}
    )
    id = fields.String(metadata={"description": "Id, slug or domain."})
    code = fields.String(
        metadata={"description": "Code of the error; listed in docs/errors.md.", "example": "conflict"}
    )


class RollbackSchema(StrictSchema):
    """A rollback and how far it has come; `finished_at` null: ask again with the same body, it goes on."""

    id = fields.String(metadata={"format": "uuid"})
    actor = fields.String(metadata={"format": "uuid", "description": "Whose changes are undone."})
    since = Moment()
    agency = fields.String(allow_none=True, metadata={"description": "Null: in every agency.", "example": "dpu"})
    reason = fields.String(metadata={"example": "Akun editor dibajak."})
    started_by = fields.Nested(PersonSchema)
    started_at = Moment()
    finished_at = Moment(allow_none=True)
    done = fields.Nested(RollbackDoneSchema)
    failed = fields.List(fields.Nested(RollbackFailureSchema))
    items = fields.Integer(
        metadata={"description": "Things that the order concerned when it was given.", "example": 12}
    )
    is_waiting = fields.Boolean(
        metadata={"description": "It reaches far and does nothing until somebody else has sent the same order."}
    )
    confirmed_by = fields.Nested(PersonSchema, allow_none=True, metadata={"description": "The second person."})
