"""Agencies, areas, offices and terms as readers get them, by themselves and embedded in content."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from cms.agencies.schemas import AgencyReferenceSchema
from cms.core.http.fields import Embeddable
from cms.core.http.schemas import StrictSchema, partly

EMBEDDED = "an object instead with `include`"


class DeliveredContactSchema(StrictSchema):
    """How people reach an agency."""

    address = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    hours = fields.String(allow_none=True, metadata={"description": "Opening hours, in words."})


class DeliveredAgencySchema(StrictSchema):
    """An agency."""

    slug = fields.String(metadata={"example": "dpu"})
    name = fields.String(metadata={"example": "Dinas Pekerjaan Umum"})
    short_name = fields.String(metadata={"example": "DPU"})
    kind = fields.String(metadata={"example": "dinas"})
    abbreviations = fields.List(fields.String())
    aliases = fields.List(fields.String())
    parent = fields.String(allow_none=True)
    contact = fields.Nested(DeliveredContactSchema)
    site_url = fields.String(allow_none=True, metadata={"format": "uri"})
    description = fields.String(allow_none=True)
    valid_from = fields.String(allow_none=True, metadata={"format": "date"})
    valid_to = fields.String(allow_none=True, metadata={"format": "date", "description": "Last day of its existence."})
    successor = fields.String(
        allow_none=True,
        metadata={"description": "Agency that it was merged into; null until the day after `valid_to`."},
    )


class DeliveredAreaSchema(StrictSchema):
    """An administrative area."""

    code = fields.String(metadata={"description": "Kemendagri code.", "example": "64.71.06"})
    name = fields.String(metadata={"example": "Balikpapan Kota"})
    level = fields.String(metadata={"example": "kecamatan"})
    parent_code = fields.String(allow_none=True)
    aliases = fields.List(fields.String())


class DeliveredOfficeContactSchema(StrictSchema):
    """How to reach an office."""

    phone = fields.String(allow_none=True, metadata={"example": "+62 542 555 0101"})
    email = fields.String(allow_none=True, metadata={"example": "uptd.kota@balikpapan.example"})


class DeliveredOfficeSchema(StrictSchema):
    """A place where an agency receives people."""

    id = fields.String(metadata={"format": "uuid"})
    agency = fields.Nested(AgencyReferenceSchema)
    name = fields.String(metadata={"example": "Kantor UPTD Balikpapan Kota"})
    address = fields.String(allow_none=True, metadata={"example": "Jalan Contoh 12, Balikpapan"})
    area = fields.String(allow_none=True, metadata={"description": "Kemendagri code.", "example": "64.71.06"})
    hours = fields.String(allow_none=True, metadata={"example": "Senin-Jumat 07.30-16.00 Wita"})
    contact = fields.Nested(DeliveredOfficeContactSchema)
    is_closed = fields.Boolean(
        metadata={
            "description": "True: it receives nobody any more; documents may still belong to it.",
            "example": False,
        }
    )


class TermNamesSchema(StrictSchema):
    """A term with its names."""

    id = fields.String()
    en = fields.String()


class DeliveredCategorySchema(StrictSchema):
    """A category of posts and documents."""

    slug = fields.String(metadata={"example": "infrastruktur"})
    name = fields.Nested(TermNamesSchema)
    description = fields.String(allow_none=True)
    is_retired = fields.Boolean()


class DeliveredKindSchema(StrictSchema):
    """A kind of public information that the law names."""

    code = fields.String()
    class_ = fields.String(data_key="class", attribute="class")
    name = fields.Nested(TermNamesSchema)
    parent = fields.String(allow_none=True)
    article = fields.String(allow_none=True)
    certainty = fields.String()


IN_ITEMS = partly(DeliveredAgencySchema, ("slug", "name", "short_name"), "ItemAgencySchema")
"""An agency inside content: only its names, unless it is included."""
RELATIONS: dict[str, fields.Field[Any]] = {
    "agency": fields.Nested(
        IN_ITEMS,
        metadata={"description": "The owner: whose information it is; its names alone, or all of it with `include`."},
    ),
    "channel": Embeddable(
        IN_ITEMS, metadata={"description": f"Slug of the channel's agency; {EMBEDDED}.", "example": "kota"}
    ),
    "category": Embeddable(
        DeliveredCategorySchema,
        allow_none=True,
        metadata={"description": f"Slug of the category; {EMBEDDED}.", "example": "lalu-lintas"},
    ),
    "areas": fields.List(
        Embeddable(DeliveredAreaSchema),
        metadata={"description": f"Kemendagri codes; {EMBEDDED}.", "example": ["64.71.06"]},
    ),
    "office": Embeddable(
        DeliveredOfficeSchema,
        allow_none=True,
        metadata={"description": f"Id of the office that it belongs to; {EMBEDDED}.", "examples": [None]},
    ),
    "information_kinds": fields.List(
        Embeddable(DeliveredKindSchema),
        metadata={"description": f"Codes of the legal lists; {EMBEDDED}.", "example": ["BK-A"]},
    ),
}
"""What `include` can embed (`cms.serving.projection`)."""
