"""Writing offices. An office is never deleted but closed: then new documents cannot belong to it any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cms.agencies.queries import agency_fault, find_areas
from cms.changes.actions import Action
from cms.changes.log import record
from cms.changes.reference_versions import keep_first_version
from cms.core import clock
from cms.core.assignment import assign_changed
from cms.core.db import unit_of_work
from cms.core.errors import InputError, Invalid
from cms.core.ids import new_id
from cms.core.permissions import Actor, Permission, Target, authorize
from cms.core.prepared import foreseen
from cms.core.public_words import refuse_suspicious_words
from cms.core.versions import Expected, check_version
from cms.offices.models import Office
from cms.offices.queries import get_office
from cms.offices.wording import keep_office, kept_values, public_words


def create_office(actor: Actor, values: Mapping[str, Any]) -> Office:
    """Add an office. `values` are those of `OfficeCreateSchema`.

    Raises `Forbidden`, and `Invalid` for an agency or area that does not exist, and for words that advertise gambling or name an
    unknown domain.
    """
    whole = {**dict.fromkeys(("address", "area", "hours")), "is_closed": False, **values}
    whole["contact"] = _merged_contact({}, values.get("contact"))
    words = public_words(whole)
    with foreseen(lambda: refuse_suspicious_words(actor, {}, words)), unit_of_work() as unit:
        authorize(actor, Permission.OFFICE_WRITE, Target(agency=whole["agency"]))
        _check_places(whole, {})
        refuse_suspicious_words(actor, {}, words)
        now = clock.now()
        office = Office(id=new_id(), **whole, version=1, created_at=now, updated_at=now)
        unit.add(office)
        unit.session.flush()
        keep_office(unit, office, actor)
        record(unit, Action.OFFICE_CREATED, office.id, actor, agency=office.agency)
    return office


def update_office(actor: Actor, office_id: str, expected: Expected, changes: Mapping[str, Any]) -> Office:
    """Change an office by merge patch: rename it, move it, close it, open it again, hand it over to another agency.

    Raises `NotFound`, `Forbidden` unless the actor may write for the agency of now and the one that gets it, `StaleVersion`, `Invalid`.
    """

    def foresee() -> None:
        present = kept_values(get_office(office_id))
        _refuse_words(actor, present, _changed(present, changes))

    with foreseen(foresee), unit_of_work() as unit:
        office = get_office(office_id, lock=True)
        present = kept_values(office)
        after = _changed(present, changes)
        for agency in {office.agency, after["agency"]}:
            authorize(actor, Permission.OFFICE_WRITE, Target(agency=agency))
        check_version(expected, office.version)
        _check_places(after, present)
        _refuse_words(actor, present, after)
        keep_first_version(unit, "office", office_id, present)
        changed = assign_changed(office, after)
        if changed:
            office.version += 1
            office.updated_at = clock.now()
            unit.session.flush()
            keep_office(unit, office, actor)
            record(unit, Action.OFFICE_UPDATED, office_id, actor, agency=office.agency, fields=changed)
    return office


def _changed(present: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """All values after the change."""
    after = {**present, **changes}
    if "contact" in changes:
        after["contact"] = _merged_contact(present["contact"], changes["contact"])
    return after


def _merged_contact(present: Mapping[str, Any], patch: Mapping[str, Any] | None) -> dict[str, Any]:
    """Apply a merge patch (RFC 7396) to the contact: null removes an entry, or all of them."""
    merged = {**present, **patch} if patch is not None else {}
    return {name: value for name, value in merged.items() if value is not None}


def _check_places(values: Mapping[str, Any], present: Mapping[str, Any]) -> None:
    """Raise `Invalid` unless agency and area exist; what was there already may stay."""
    errors = []
    if values["agency"] != present.get("agency") and (fault := agency_fault(values["agency"])) is not None:
        errors.append(fault)
    area = values["area"]
    if area is not None and area != present.get("area") and area not in find_areas([area]):
        errors.append(InputError("pointer", "/area", "not_found", {"what": "area"}))
    if errors:
        raise Invalid(errors=errors)


def _refuse_words(actor: Actor, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    refuse_suspicious_words(actor, public_words(before), public_words(after))
