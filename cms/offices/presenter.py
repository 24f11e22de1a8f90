"""Offices as the API writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cms.core.versions import written
from cms.offices.models import Office


def render_office_contact(contact: Mapping[str, Any]) -> dict[str, Any]:
    """How to reach an office; unknown entries are null."""
    return {"phone": None, "email": None, **contact}


def render_office(office: Office) -> dict[str, Any]:
    """An office on the management plane."""
    return {
        "id": office.id,
        "agency": office.agency,
        "name": office.name,
        "address": office.address,
        "area": office.area,
        "hours": office.hours,
        "contact": render_office_contact(office.contact),
        "is_closed": office.is_closed,
        "version": written(office.version),
        "created_at": office.created_at,
        "updated_at": office.updated_at,
    }
