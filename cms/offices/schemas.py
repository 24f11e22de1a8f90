"""Offices on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.agencies.fields import agency_slug, agency_slugs, area_code, area_codes
from cms.core.http.contact_fields import Email, Phone
from cms.core.http.field_rules import HasWords
from cms.core.http.fields import Moment, Part, Text, YesNo
from cms.core.http.schemas import PageQuerySchema, StrictSchema, VersionedSchema
from cms.offices.models import LONGEST_NAME

NAME = {"description": "What people call it.", "example": "Kantor UPTD Balikpapan Kota"}
ADDRESS = {"description": "Postal address.", "example": "Jalan Contoh 12, Balikpapan"}
AREA = {"description": "Kemendagri code of the area it lies in.", "example": "64.71.06"}
HOURS = {"description": "Opening hours, in words.", "example": "Senin-Jumat 07.30-16.00 Wita"}
CLOSED = {"description": "True: it receives nobody any more; documents that belong to it keep it."}


class OfficeContactSchema(StrictSchema):
    """How people reach an office. In a change, null takes an entry away and an absent entry stays."""

    phone = Phone(allow_none=True, metadata={"description": "Telephone number.", "example": "+62 542 555 0101"})
    email = Email(allow_none=True, metadata={"example": "uptd.kota@balikpapan.example"})


class OfficeSchema(VersionedSchema):
    """A place where an agency receives people."""

    id = fields.String(metadata={"format": "uuid"})
    agency = fields.String(metadata={"description": "Slug of the agency.", "example": "dpu"})
    name = fields.String(metadata=NAME)
    address = fields.String(allow_none=True, metadata=ADDRESS)
    area = fields.String(allow_none=True, metadata=AREA)
    hours = fields.String(allow_none=True, metadata=HOURS)
    contact = fields.Nested(OfficeContactSchema)
    is_closed = fields.Boolean(metadata={**CLOSED, "example": False})
    created_at = Moment()
    updated_at = Moment()


class OfficeUpdateSchema(StrictSchema):
    """A change of an office as JSON merge patch; what is absent stays."""

    agency = agency_slug(metadata={"description": "Slug of the agency; another one takes it over.", "example": "dpu"})
    name = Text(min=2, max=LONGEST_NAME, validate=[HasWords()], metadata=NAME)
    address = Text(min=1, max=500, lines=True, allow_none=True, metadata=ADDRESS)
    area = area_code(allow_none=True, metadata=AREA)
    hours = Text(min=1, max=300, lines=True, allow_none=True, metadata=HOURS)
    contact = Part(OfficeContactSchema, allow_none=True)
    is_closed = YesNo(metadata=CLOSED)


class OfficeCreateSchema(OfficeUpdateSchema):
    """A new office."""

    agency = agency_slug(required=True, metadata={"description": "Slug of the agency.", "example": "dpu"})
    name = Text(min=2, max=LONGEST_NAME, validate=[HasWords()], required=True, metadata=NAME)


class OfficeQuerySchema(PageQuerySchema):
    """Filters of the list of offices."""

    agency = agency_slugs(metadata={"description": "Slugs of agencies, separated by commas: any of them."})
    area = area_codes(metadata={"description": "Includes what lies below it.", "example": "64.71.06"})
    closed = YesNo(from_text=True, metadata={"description": "Only closed ones, or only those that are not."})
