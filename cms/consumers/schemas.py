"""Consumers and delivery keys on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.agencies.fields import agency_slugs
from cms.agencies.models import SLUG_LENGTH
from cms.consumers.models import ConsumerKind, Scope
from cms.consumers.policies import LONGEST_OVERLAP_DAYS, MOST_PER_MINUTE, USUAL_OVERLAP_DAYS, KeyState
from cms.core.http.contact_fields import Email, Origin
from cms.core.http.fields import Choice, Moment, Part, Rows, Slug, Text, WholeNumber, Words, YesNo
from cms.core.http.schemas import PageQuerySchema, StrictSchema, VersionedSchema

_KINDS = [kind.value for kind in ConsumerKind]
_SCOPES = [scope.value for scope in Scope]


_ORIGINS = {
    "description": "Exact origins of websites that may call from a browser (CORS): https, or http for localhost.",
    "example": ["https://dpu.balikpapan.example"],
}

_PER_MINUTE = {
    "description": "Requests in a minute, of each of its keys, or for `mobile` and `browser` of each address; null: what this server "
    "gives to its kind; 0: no limit.",
    "example": None,
}


class PersonInChargeSchema(StrictSchema):
    """Whom to call about a consumer."""

    name = Text(min=2, max=120, required=True, metadata={"example": "Pengelola Situs"})
    email = Email(required=True, metadata={"example": "editor.dpu@balikpapan.example"})


class PersonInChargeUpdateSchema(StrictSchema):
    """A change of whom to call; what is absent stays."""

    name = Text(min=2, max=120, metadata={"example": "Pengelola Situs"})
    email = Email(metadata={"example": "editor.dpu@balikpapan.example"})


class ConsumerSchema(VersionedSchema):
    """A website or app that pulls."""

    id = fields.String(metadata={"format": "uuid"})
    name = fields.String(metadata={"example": "Situs DPU"})
    kind = fields.String(metadata={"enum": _KINDS})
    agency = fields.String(metadata={"description": "Slug of the agency that owns it.", "example": "dpu"})
    contact = fields.Nested(PersonInChargeSchema)
    origins = fields.List(fields.String(), metadata=_ORIGINS)
    requests_per_minute = fields.Integer(allow_none=True, metadata=_PER_MINUTE)
    is_active = fields.Boolean(metadata={"description": "False: none of its keys works."})
    created_at = Moment()
    updated_at = Moment()


class ConsumerCreateSchema(StrictSchema):
    """A new consumer."""

    name = Text(min=2, max=120, required=True, metadata={"example": "Situs DPU"})
    kind = Choice(_KINDS, required=True)
    agency = Slug(
        max=SLUG_LENGTH, required=True, metadata={"description": "Slug of the agency that owns it.", "example": "dpu"}
    )
    contact = Part(PersonInChargeSchema, required=True)
    origins = Rows(Origin(), max=50, metadata=_ORIGINS)
    requests_per_minute = WholeNumber(min=0, max=MOST_PER_MINUTE, allow_none=True, metadata=_PER_MINUTE)


class ConsumerUpdateSchema(StrictSchema):
    """A change of a consumer as JSON merge patch; what is absent stays."""

    name = Text(min=2, max=120, metadata={"example": "Situs DPU"})
    kind = Choice(_KINDS)
    agency = Slug(max=SLUG_LENGTH, metadata={"description": "Slug of the agency that owns it.", "example": "dpu"})
    contact = Part(PersonInChargeUpdateSchema)
    origins = Rows(Origin(), max=50, metadata=_ORIGINS)
    requests_per_minute = WholeNumber(min=0, max=MOST_PER_MINUTE, allow_none=True, metadata=_PER_MINUTE)
    is_active = YesNo(metadata={"description": "False switches all its keys off with the next request."})


class ConsumerQuerySchema(PageQuerySchema):
    """Filters of the list of consumers."""

    kind = Words(
        choices=_KINDS,
        metadata={"description": "Kinds, separated by commas: any of them."},
    )
    agency = agency_slugs(
        metadata={"description": "Slugs of owner agencies, separated by commas: any of them."},
    )
    active = YesNo(from_text=True, metadata={"description": "Whether the consumer is switched on."})


class KeySchema(VersionedSchema):
    """A delivery key as far as it may be known after it was made."""

    id = fields.String(metadata={"format": "uuid"})
    label = fields.String(metadata={"description": "What people call it.", "example": "Produksi"})
    hint = fields.String(metadata={"description": "The last six characters of the key.", "example": "0A1b2C"})
    state = fields.String(metadata={"enum": [state.value for state in KeyState]})
    scopes = fields.List(
        fields.String(metadata={"enum": _SCOPES}), metadata={"description": "What it opens.", "example": _SCOPES}
    )
    agencies = fields.List(
        fields.String(),
        allow_none=True,
        metadata={"description": "Agencies whose content it opens; null: all.", "example": ["dpu"]},
    )
    created_at = Moment()
    expires_at = Moment(metadata={"example": "2027-11-24T01:00:00Z"})
    revoked_at = Moment(allow_none=True)
    last_used_at = Moment(allow_none=True, metadata={"description": "To the minute, and up to a minute late."})


class IssuedKeySchema(KeySchema):
    """A delivery key that was just made."""

    key = fields.String(
        metadata={
            "description": "The key itself. It is shown this once and stored nowhere.",
            "example": "smp_0000000000000000000000000000000000000000",
        }
    )


_EXPIRES_AT = {
    "description": "End of the key; 365 days from now when absent, 397 at most.",
    "example": "2027-11-24T01:00:00Z",
}


class KeyCreateSchema(StrictSchema):
    """A new key."""

    label = Text(min=1, max=120, metadata={"description": "What people call it.", "example": "Produksi"})
    scopes = Rows(
        Choice(_SCOPES),
        min=1,
        max=len(_SCOPES),
        metadata={"description": "Both scopes when absent.", "example": _SCOPES},
    )
    agencies = Rows(
        Slug(max=SLUG_LENGTH),
        min=1,
        max=100,
        allow_none=True,
        metadata={"description": "Agencies whose content it opens; null or absent: all.", "example": ["dpu"]},
    )
    expires_at = Moment(metadata=_EXPIRES_AT)


class KeyRotationSchema(StrictSchema):
    """How one key gives way to the next."""

    overlap_days = WholeNumber(
        min=0,
        max=LONGEST_OVERLAP_DAYS,
        load_default=USUAL_OVERLAP_DAYS,
        metadata={"description": "Days for which the old key goes on working; 0 ends it now."},
    )
    expires_at = Moment(metadata=_EXPIRES_AT)
