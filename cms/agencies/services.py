"""Writing agencies: they begin, are renamed, merge into others and end; none is ever deleted and no slug changes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from cms.agencies.models import Agency
from cms.agencies.policies import check_place
from cms.agencies.queries import get_agency, lock_agencies
from cms.agencies.seed import add_missing_agencies, add_missing_areas
from cms.agencies.wording import (
    KEPT_FIELDS,
    check_templates,
    foresee_site,
    keep_agency,
    public_words,
    settle_site,
    words_of,
)
from cms.changes.actions import Action
from cms.changes.log import record
from cms.changes.reference_versions import keep_first_version, values_of
from cms.core import clock
from cms.core.assignment import assign_changed
from cms.core.db import unit_of_work
from cms.core.errors import Conflict, NotFound
from cms.core.permissions import Actor, Permission, Target, authorize
from cms.core.prepared import foreseen
from cms.core.public_words import refuse_suspicious_words
from cms.core.versions import Expected, check_version

_PARTS = ("contact", "address_templates")
DUPLICATES = {"pk_agencies": "slug", "uq_agencies_slug": "slug"}


def seed_agencies(actor: Actor) -> int:
    """Add the missing ones of the project's agencies and areas; returns how many were added."""
    with unit_of_work() as unit:
        return add_missing_agencies(unit, actor) + add_missing_areas(unit, actor)


def create_agency(actor: Actor, values: Mapping[str, Any]) -> Agency:
    """Add an agency. `values` are those of `AgencyCreateSchema`.

    Raises `Conflict("duplicate")` when another agency has or had the slug, `Invalid` when parent or successor do not fit.
    """
    parts = {name: _merged_part({}, values.get(name)) for name in _PARTS}
    values = {"abbreviations": [], "aliases": [], **values, **parts}
    words = public_words(values)
    steps = (partial(refuse_suspicious_words, actor, {}, words), partial(foresee_site, actor, values))
    with foreseen(*steps), unit_of_work(DUPLICATES) as unit:
        agencies = lock_agencies()
        authorize(actor, Permission.AGENCY_WRITE, Target(agency=values["slug"]))
        if values["slug"] in agencies:
            raise Conflict("duplicate", field="slug")
        now = clock.now()
        refuse_suspicious_words(actor, {}, words)
        agency = Agency(slug=values["slug"])
        settle_site(unit, actor, agency, values)
        assign_changed(agency, values)
        agency.version, agency.created_at, agency.updated_at = 1, now, now
        check_place(agency, {**agencies, agency.slug: agency})
        check_templates(actor, agency, values)
        unit.add(agency)
        unit.session.flush()
        keep_agency(unit, agency, actor)
        record(unit, Action.AGENCY_CREATED, agency.slug, actor, agency=agency.slug)
    return agency


def update_agency(actor: Actor, slug: str, expected: Expected, changes: Mapping[str, Any]) -> Agency:
    """Change an agency by merge patch: rename it, move it, end it (`valid_to`), merge it (`valid_to` and `successor`).

    Suspicious words are refused, a site on an unknown domain waits until another person sends the same.
    Raises `NotFound`, `StaleVersion`, and `Invalid` when dates, parent or successor do not fit. Content keeps the agency
    that it was published by; a filter by the successor finds it.
    """

    def foresee() -> None:
        agency = get_agency(slug)
        _refuse_words(actor, agency, _values(agency, changes))

    with foreseen(foresee, partial(foresee_site, actor, changes)), unit_of_work() as unit:
        agencies = lock_agencies()
        agency = _writable(actor, agencies, slug, expected)
        values = _values(agency, changes)
        _refuse_words(actor, agency, values)
        keep_first_version(unit, "agency", slug, values_of(agency, KEPT_FIELDS))
        is_proposal = settle_site(unit, actor, agency, values)
        changed = assign_changed(agency, values)
        if changed or is_proposal:
            agency.version += 1
            agency.updated_at = clock.now()
        if changed:
            check_place(agency, agencies)
            check_templates(actor, agency, values)
            unit.session.flush()
            keep_agency(unit, agency, actor)
            record(unit, Action.AGENCY_UPDATED, slug, actor, agency=slug, fields=changed)
    return agency


def _writable(actor: Actor, agencies: Mapping[str, Agency], slug: str, expected: Expected) -> Agency:
    """The agency, when the actor may change it as it stands."""
    agency = agencies.get(slug)
    if agency is None:
        raise NotFound
    authorize(actor, Permission.AGENCY_WRITE, Target(agency=slug))
    check_version(expected, agency.version)
    return agency


def _values(agency: Agency, changes: Mapping[str, Any]) -> dict[str, Any]:
    parts = {name: _merged_part(getattr(agency, name), changes[name]) for name in _PARTS if name in changes}
    return {**changes, **parts}


def _refuse_words(actor: Actor, agency: Agency, values: Mapping[str, Any]) -> None:
    after = public_words({"slug": agency.slug, **_whole(agency, values)})
    refuse_suspicious_words(actor, words_of(agency), after)


def _whole(agency: Agency, values: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: getattr(agency, name) for name in KEPT_FIELDS}, **values}


def _merged_part(present: Mapping[str, Any], patch: Mapping[str, Any] | None) -> dict[str, Any]:
    """Apply a merge patch (RFC 7396) to a field that is an object: null removes an entry, or all of them."""
    if patch is None:
        return {}
    return {name: value for name, value in {**present, **patch}.items() if value is not None}
