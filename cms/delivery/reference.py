"""Agencies, areas and offices, from the reference data in the memory of each process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import orjson

from cms.agencies.directory import AgencyEntry, AreaEntry
from cms.agencies.policies import is_in_office
from cms.core.errors import NotFound
from cms.delivery.unmatched import Warnings, unknown_parents, unknown_words
from cms.serving.admission import DeliveryRequest
from cms.serving.finished import FinishedAnswer
from cms.serving.pages import Paging, one_body
from cms.serving.projection import shown_agency, shown_area
from cms.serving.reference_data import ReferenceData
from cms.serving.responding import Basis, Body, respond

Query = dict[str, Any]
BASIS = Basis(topics=("reference",), groups=("reference",))


def list_agencies(request: DeliveryRequest, query: Query) -> FinishedAnswer:
    """One page of agencies by slug."""

    def rows(reference_data: ReferenceData) -> list[dict[str, Any]]:
        directory = reference_data.directory
        asked = (entry for entry in directory.agencies.values() if _is_asked(entry, query, directory.day))
        return [shown_agency(entry, directory) for entry in asked]

    def unknown(reference_data: ReferenceData) -> Warnings:
        return unknown_parents(query.get("parent", ()), reference_data.directory.agencies)

    return _respond_rows(request, rows, "slug", query, unknown)


def read_agency(request: DeliveryRequest, slug: str) -> FinishedAnswer:
    """One agency. Raises `NotFound`."""
    directory = request.sources.reference_data().directory
    entry = directory.agencies.get(slug)
    if entry is None:
        raise NotFound
    shown = shown_agency(entry, directory)
    return respond(request, BASIS, lambda sequence: one_body(request.sources, shown, sequence))


def list_areas(request: DeliveryRequest, query: Query) -> FinishedAnswer:
    """One page of areas by code."""

    def rows(reference_data: ReferenceData) -> list[dict[str, Any]]:
        return [shown_area(entry) for entry in reference_data.directory.areas.values() if _is_area_asked(entry, query)]

    def unknown(reference_data: ReferenceData) -> Warnings:
        return unknown_parents(query.get("parent", ()), reference_data.directory.areas)

    return _respond_rows(request, rows, "code", query, unknown)


def list_offices(request: DeliveryRequest, query: Query) -> FinishedAnswer:
    """One page of offices by id."""

    def rows(reference_data: ReferenceData) -> list[dict[str, Any]]:
        directory = reference_data.directory
        agencies = directory.with_predecessors(query["agency"]) if "agency" in query else None
        offices = reference_data.offices.values()
        return [office for office in offices if _is_office_asked(office, query, agencies)]

    return _respond_rows(request, rows, "id", query, lambda reference_data: unknown_words(query, reference_data))


def read_office(request: DeliveryRequest, office_id: str) -> FinishedAnswer:
    """One office, closed or not. Raises `NotFound`."""
    shown = request.sources.reference_data().offices.get(office_id)
    if shown is None:
        raise NotFound
    return respond(request, BASIS, lambda sequence: one_body(request.sources, shown, sequence))


def _respond_rows(
    request: DeliveryRequest,
    rows: Callable[[ReferenceData], list[dict[str, Any]]],
    key: str,
    query: Query,
    unknown: Callable[[ReferenceData], Warnings],
) -> FinishedAnswer:
    """One page of the rows of reference data, which are few and in the order of their keys. `unknown` warns of words that filter by nothing."""
    paging = Paging.of(request, query)

    def compute(sequence: int) -> Body:
        after = "" if paging.after is None else paging.after[0]
        found = [row for row in rows(request.sources.reference_data()) if row[key] > after]
        shown = found[: paging.limit]
        last = [shown[-1][key]] if len(found) > len(shown) else None
        warnings = unknown(request.sources.reference_data())
        texts = [orjson.dumps(row).decode() for row in shown]
        return paging.body(texts, sequence, last, {"warnings": warnings} if warnings else None)

    return respond(request, BASIS, compute)


def _is_asked(entry: AgencyEntry, query: Query, day: date) -> bool:
    if "kind" in query and entry.kind not in query["kind"]:
        return False
    if "parent" in query and entry.parent not in query["parent"]:
        return False
    if "active" not in query:
        return True
    wants_active: bool = query["active"] == "true"
    return is_in_office(entry, day) == wants_active


def _is_office_asked(office: dict[str, Any], query: Query, agencies: frozenset[str] | None) -> bool:
    if agencies is not None and office["agency"]["slug"] not in agencies:
        return False
    if "area" in query and not any(f"{office['area']}.".startswith(f"{code}.") for code in query["area"]):
        return False
    return "closed" not in query or office["is_closed"] == (query["closed"] == "true")


def _is_area_asked(entry: AreaEntry, query: Query) -> bool:
    if "level" in query and entry.level not in query["level"]:
        return False
    return "parent" not in query or entry.parent_code in query["parent"]
