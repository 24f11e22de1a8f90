"""Writing agencies: they begin, are renamed, merge into others and end; none is ever deleted and no slug changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cms.agencies.models import Agency
from cms.agencies.policies import ends_in_itself
from cms.agencies.queries import lock_agencies
from cms.changes.actions import Action
from cms.changes.log import record
from cms.core import clock
from cms.core.assignment import assign_changed
from cms.core.db import unit_of_work
from cms.core.errors import Conflict, InputError, Invalid, NotFound
from cms.core.permissions import Actor, Permission, Target, authorize
from cms.core.versions import Expected, check_version

DUPLICATES = {"pk_agencies": "slug", "uq_agencies_slug": "slug"}
LINKS = ("parent", "successor")


def create_agency(actor: Actor, values: Mapping[str, Any]) -> Agency:
    """Add an agency. `values` are those of `AgencyCreateSchema`.

    Raises `Conflict("duplicate")` when the slug is or was another one's, `Invalid` when parent or successor do not fit.
    """
    with unit_of_work(DUPLICATES) as unit:
        agencies = lock_agencies()
        authorize(actor, Permission.AGENCY_WRITE, Target(agency=values["slug"]))
        if values["slug"] in agencies:
            raise Conflict("duplicate", field="slug")
        now = clock.now()
        contact = _merged_contact({}, values.get("contact"))
        agency = Agency(**{"abbreviations": [], "aliases": [], **values, "contact": contact})
        agency.version, agency.created_at, agency.updated_at = 1, now, now
        _check_place(agency, {**agencies, agency.slug: agency})
        unit.add(agency)
        record(unit, Action.AGENCY_CREATED, agency.slug, actor, agency=agency.slug)
    return agency


def update_agency(actor: Actor, slug: str, expected: Expected, changes: Mapping[str, Any]) -> Agency:
    """Change an agency by merge patch: rename it, move it, end it (`valid_to`), merge it (`valid_to` and `successor`).

    Raises `NotFound`, `StaleVersion`, and `Invalid` when dates, parent or successor do not fit. Content keeps the agency
    that it was published by; a filter by the successor finds it.
    """
    with unit_of_work() as unit:
        agencies = lock_agencies()
        agency = agencies.get(slug)
        if agency is None:
            raise NotFound
        authorize(actor, Permission.AGENCY_WRITE, Target(agency=slug))
        check_version(expected, agency.version)
        values = dict(changes)
        if "contact" in values:
            values["contact"] = _merged_contact(agency.contact, values["contact"])
        changed = assign_changed(agency, values)
        if changed:
            _check_place(agency, agencies)
            agency.version += 1
            agency.updated_at = clock.now()
            record(unit, Action.AGENCY_UPDATED, slug, actor, agency=slug, fields=changed)
    return agency


def _merged_contact(present: Mapping[str, Any], patch: Mapping[str, Any] | None) -> dict[str, Any]:
    """Apply a merge patch (RFC 7396) to the contact: null takes an entry away, or all of them."""
    if patch is None:
        return {}
    return {name: value for name, value in {**present, **patch}.items() if value is not None}


def _check_place(agency: Agency, agencies: Mapping[str, Agency]) -> None:
    """Raise `Invalid` unless the agency's dates are in order and its parent and successor exist and lead somewhere."""
    errors = []
    for link in LINKS:
        other = getattr(agency, link)
        if other is not None and other not in agencies:
            errors.append(InputError("pointer", f"/{link}", "not_found", {"what": "agency"}))
        elif ends_in_itself(agency.slug, {slug: getattr(row, link) for slug, row in agencies.items()}):
            errors.append(InputError("pointer", f"/{link}", "leads_back", {"what": link}))
    if agency.successor is not None and agency.valid_to is None:
        errors.append(InputError("pointer", "/valid_to", "needed_with", {"other": "successor"}))
    if agency.valid_from is not None and agency.valid_to is not None and agency.valid_to < agency.valid_from:
        errors.append(InputError("pointer", "/valid_to", "not_before", {"other": "valid_from"}))
    if errors:
        raise Invalid(errors=errors)
