"""Agencies and areas, straight from the reference_data that every delivery process keeps."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response

from cms.agencies.directory import AgencyEntry, AreaEntry
from cms.agencies.policies import is_in_office
from cms.core.errors import NotFound
from cms.delivery.items import one_body
from cms.delivery.lists import deliver_rows
from cms.serving.admission import delivery_request
from cms.serving.projection import shown_agency, shown_area
from cms.serving.reference_data import ReferenceData
from cms.serving.responding import Basis, deliver

Query = dict[str, Any]
GROUPS = ("reference",)


def deliver_agencies(query: Query) -> Response:
    """One page of agencies by slug."""

    def rows(reference_data: ReferenceData) -> list[dict[str, Any]]:
        directory = reference_data.directory
        asked = (entry for entry in directory.agencies.values() if _is_asked(entry, query, directory.day))
        return [shown_agency(entry, directory) for entry in asked]

    return deliver_rows(rows, "slug", query, GROUPS)


def deliver_agency(slug: str) -> Response:
    """One agency. Raises `NotFound`."""
    directory = delivery_request().sources.reference_data().directory
    entry = directory.agencies.get(slug)
    if entry is None:
        raise NotFound
    return deliver(
        Basis(topics=GROUPS, groups=GROUPS), lambda sequence: one_body(shown_agency(entry, directory), sequence)
    )


def deliver_areas(query: Query) -> Response:
    """One page of areas by code."""

    def rows(reference_data: ReferenceData) -> list[dict[str, Any]]:
        return [shown_area(entry) for entry in reference_data.directory.areas.values() if _is_area_asked(entry, query)]

    return deliver_rows(rows, "code", query, GROUPS)


def _is_asked(entry: AgencyEntry, query: Query, day: date) -> bool:
    if "kind" in query and entry.kind not in query["kind"]:
        return False
    if "parent" in query and entry.parent not in query["parent"]:
        return False
    if "active" not in query:
        return True
    wants_active: bool = query["active"] == "true"
    return is_in_office(entry, day) == wants_active


def _is_area_asked(entry: AreaEntry, query: Query) -> bool:
    if "level" in query and entry.level not in query["level"]:
        return False
    return "parent" not in query or entry.parent_code in query["parent"]
