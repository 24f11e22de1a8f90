"""Agencies and areas as the API writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from cms.agencies.models import Agency, Area
from cms.core.people import person_reference
from cms.core.versions import written


class NamedAgency(Protocol):
    """The attributes of an agency reference; a row and an entry of the directory both have them."""

    @property
    def slug(self) -> str:
        """Its identity."""

    @property
    def name(self) -> str:
        """Its official name."""

    @property
    def short_name(self) -> str:
        """What people call it."""


def render_reference(agency: NamedAgency) -> dict[str, str]:
    """An agency inside content."""
    return {"slug": agency.slug, "name": agency.name, "short_name": agency.short_name}


def render_contact(contact: Mapping[str, Any]) -> dict[str, Any]:
    """How to reach an agency; unknown entries are null."""
    return {"address": None, "phone": None, "email": None, "hours": None, **contact}


def render_agency(agency: Agency) -> dict[str, Any]:
    """An agency on the management plane."""
    return {
        **render_reference(agency),
        "kind": agency.kind,
        "abbreviations": agency.abbreviations,
        "aliases": agency.aliases,
        "parent": agency.parent,
        "contact": render_contact(agency.contact),
        "site_url": agency.site_url,
        "address_templates": agency.address_templates,
        "proposed": _proposed(agency),
        "description": agency.description,
        "review": agency.review,
        "four_eyes": agency.four_eyes,
        "valid_from": agency.valid_from,
        "valid_to": agency.valid_to,
        "successor": agency.successor,
        "version": written(agency.version),
        "created_at": agency.created_at,
        "updated_at": agency.updated_at,
    }


def _proposed(agency: Agency) -> dict[str, Any] | None:
    if agency.proposed_site_url is None:
        return None
    by = person_reference(agency.proposed_by_id, agency.proposed_by_label)
    return {"site_url": agency.proposed_site_url, "by": by}


def render_area(area: Area) -> dict[str, Any]:
    """An area."""
    return {
        "code": area.code,
        "name": area.name,
        "level": area.level,
        "parent_code": area.parent_code,
        "aliases": area.aliases,
    }
