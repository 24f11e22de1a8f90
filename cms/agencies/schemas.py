"""Agencies and areas on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.agencies.fields import AddressTemplates, area_codes
from cms.agencies.models import SLUG_LENGTH, AgencyKind, AreaLevel, Reviewer
from cms.core.http.contact_fields import Email, Phone, WebAddress
from cms.core.http.field_rules import HasWords
from cms.core.http.fields import Choice, Day, Moment, Part, Rows, Slug, Text, Words, YesNo
from cms.core.http.schemas import PageQuerySchema, PersonSchema, StrictSchema, VersionedSchema

_SITE = {"description": "Address of the agency's own website.", "example": "https://dpu.balikpapan.example"}
_TEMPLATES = {
    "description": "How the agency's site names its items: by content type an address with places out of `{slug}`, `{id}`, `{serial}`, "
    "`{number}` and `{year}`. It begins with the address of the site or of this server. Without one: `site_url`, a slash and the slug. "
    "In a change, null takes one away.",
    "example": {"post": "https://dpu.balikpapan.example/berita/{slug}"},
}
_KINDS = [kind.value for kind in AgencyKind]
_REVIEWERS = [reviewer.value for reviewer in Reviewer]
REVIEW = "Who approves what the agency publishes: its own editors (`agency`) or the city's (`central`)."
FOUR_EYES = "True: a person who wrote none of it must approve it before it is published."
_LEVELS = [level.value for level in AreaLevel]


class ContactSchema(StrictSchema):
    """How people reach an agency. In a change, null takes an entry away and an absent entry stays."""

    address = Text(
        min=1,
        max=500,
        lines=True,
        allow_none=True,
        metadata={"description": "Postal address.", "example": "Jalan Contoh 1, Balikpapan"},
    )
    phone = Phone(
        allow_none=True, metadata={"description": "Telephone number, or a short number such as 112.", "example": "112"}
    )
    email = Email(allow_none=True, metadata={"example": "editor.dpu@balikpapan.example"})
    hours = Text(
        min=1,
        max=300,
        lines=True,
        allow_none=True,
        metadata={"description": "Opening hours, in words.", "example": "Senin-Jumat 07.30-16.00 Wita"},
    )


class AgencyReferenceSchema(StrictSchema):
    """An agency inside something else."""

    slug = fields.String(metadata={"description": "The agency's identity; never changes.", "example": "dpu"})
    name = fields.String(metadata={"example": "Dinas Pekerjaan Umum"})
    short_name = fields.String(metadata={"example": "DPU"})


class ProposedSiteSchema(StrictSchema):
    """A site on a domain that is not allowed yet: it counts once another person sends the same."""

    site_url = fields.String(metadata={"example": "https://dpu-balikpapan.com"})
    by = fields.Nested(PersonSchema)


class AgencySchema(VersionedSchema, AgencyReferenceSchema):
    """An organisation of the city that owns content."""

    kind = fields.String(metadata={"enum": _KINDS, "example": "dinas"})
    abbreviations = fields.List(
        fields.String(), metadata={"description": "Official abbreviations.", "example": ["DPU"]}
    )
    aliases = fields.List(
        fields.String(), metadata={"description": "Earlier and other names.", "example": ["Dinas PU"]}
    )
    parent = fields.String(allow_none=True, metadata={"description": "Slug of the agency above it.", "example": "kota"})
    contact = fields.Nested(ContactSchema)
    site_url = fields.String(allow_none=True, metadata=_SITE)
    address_templates = fields.Dict(keys=fields.String(), values=fields.String(), metadata=_TEMPLATES)
    proposed = fields.Nested(
        ProposedSiteSchema,
        allow_none=True,
        metadata={
            "description": "A site that waits for a second person: the same `PATCH` by another person carries it out."
        },
    )
    description = fields.String(allow_none=True)
    review = fields.String(metadata={"enum": _REVIEWERS, "description": REVIEW})
    four_eyes = fields.Boolean(metadata={"description": FOUR_EYES})
    valid_from = Day(allow_none=True, metadata={"description": "First day in office; null: not known."})
    valid_to = Day(allow_none=True, metadata={"description": "Last day in office; null: still in office."})
    successor = fields.String(
        allow_none=True,
        metadata={
            "description": "Slug of the agency it is merged into, from the day after `valid_to` on; a filter by it finds both then.",
            "example": "disperkim",
        },
    )
    created_at = Moment()
    updated_at = Moment()


class AgencyUpdateSchema(StrictSchema):
    """A change of an agency as JSON merge patch; what is absent stays. The slug cannot change."""

    name = Text(min=2, max=200, validate=[HasWords()], metadata={"example": "Dinas Pekerjaan Umum"})
    short_name = Text(min=1, max=60, validate=[HasWords()], metadata={"example": "DPU"})
    kind = Choice(_KINDS, metadata={"example": "dinas"})
    abbreviations = Rows(Text(min=1, max=60), max=20, metadata={"example": ["DPU"]})
    aliases = Rows(
        Text(min=1, max=200), max=50, metadata={"description": "Earlier and other names.", "example": ["Dinas PU"]}
    )
    parent = Slug(
        max=SLUG_LENGTH, allow_none=True, metadata={"description": "Slug of the agency above it.", "example": "kota"}
    )
    contact = Part(ContactSchema, allow_none=True)
    site_url = WebAddress(max=300, allow_none=True, metadata=_SITE)
    address_templates = AddressTemplates(allow_none=True, metadata=_TEMPLATES)
    description = Text(max=5_000, lines=True, allow_none=True)
    review = Choice(_REVIEWERS, metadata={"description": REVIEW})
    four_eyes = YesNo(metadata={"description": FOUR_EYES})
    valid_from = Day(allow_none=True, metadata={"description": "First day in office."})
    valid_to = Day(allow_none=True, metadata={"description": "Last day in office."})
    successor = Slug(
        max=SLUG_LENGTH,
        allow_none=True,
        metadata={
            "description": "Slug of the agency it is merged into; needs `valid_to`, and counts from the day after it on.",
            "example": "disperkim",
        },
    )


class AgencyCreateSchema(AgencyUpdateSchema):
    """A new agency."""

    slug = Slug(max=SLUG_LENGTH, required=True, metadata={"description": "Given once and for ever.", "example": "dpu"})
    name = Text(min=2, max=200, validate=[HasWords()], required=True, metadata={"example": "Dinas Pekerjaan Umum"})
    short_name = Text(min=1, max=60, validate=[HasWords()], required=True, metadata={"example": "DPU"})
    kind = Choice(_KINDS, required=True, metadata={"example": "dinas"})


class AgencyQuerySchema(PageQuerySchema):
    """Filters of the list of agencies."""

    kind = Words(
        choices=_KINDS,
        metadata={"description": "Kinds, separated by commas: any of them."},
    )
    parent = Slug(max=SLUG_LENGTH, metadata={"description": "Only agencies directly below this one."})
    active = YesNo(from_text=True, metadata={"description": "Whether the agency is in office today."})


class AreaSchema(StrictSchema):
    """An administrative area."""

    code = fields.String(
        metadata={"description": "Kemendagri code; a filter by it includes what lies below.", "example": "64.71.06"}
    )
    name = fields.String(metadata={"example": "Balikpapan Kota"})
    level = fields.String(metadata={"enum": _LEVELS, "example": "kecamatan"})
    parent_code = fields.String(allow_none=True, metadata={"example": "64.71"})
    aliases = fields.List(fields.String(), metadata={"description": "Other names.", "example": []})


class AreaQuerySchema(PageQuerySchema):
    """Filters of the list of areas."""

    level = Words(
        choices=_LEVELS,
        metadata={"description": "Levels, separated by commas: any of them."},
    )
    parent = area_codes(most=1, metadata={"description": "Only areas directly below this code."})
