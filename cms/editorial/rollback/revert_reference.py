"""Undoes a person's changes of agencies, offices, categories, synonyms and the link lists since a moment, inside a unit of work.

It decides from the stored versions (`cms.changes.reference_versions`): a colleague's later changes stay. An entry that the
person made cannot be deleted, because others may refer to it: it keeps its slug and loses its words; an agency ends, an
office is closed, a category is retired.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from cms.agencies.models import Agency
from cms.agencies.policies import check_place
from cms.agencies.queries import city_today, lock_agencies
from cms.agencies.wording import drop_proposal, keep_agency
from cms.changes.actions import Action
from cms.changes.log import record
from cms.changes.models import ReferenceVersion
from cms.changes.reference_versions import find_newest_version, find_version_by_others, keep_version
from cms.core import clock
from cms.core.assignment import assign_changed
from cms.core.db import UnitOfWork
from cms.core.errors import NotFound
from cms.core.permissions import Actor
from cms.editorial.rollback.revert import WorkUndone
from cms.language.models import SynonymEntry
from cms.moderation.models import LinkDomain, LinkVerdict
from cms.offices.models import Office
from cms.offices.queries import get_office
from cms.offices.wording import keep_office
from cms.taxonomy.models import Category
from cms.taxonomy.queries import get_category
from cms.taxonomy.wording import keep_category

DAYS: Final = ("valid_from", "valid_to")
KINDS: Final = ("agency", "office", "category", "link_domain", "synonym")
"""Their resource types in the log."""


def undo_reference_work(unit: UnitOfWork, actor: Actor, kind: str, key: str, target: WorkUndone) -> str:
    """Undo the target's work on one entry; returns `reverted` or `unchanged`. Raises `NotFound`, `Invalid`."""
    undo = {
        "agency": _undo_agency,
        "office": _undo_office,
        "category": _undo_category,
        "link_domain": _undo_link_domain,
        "synonym": _undo_synonym,
    }[kind]
    return "reverted" if undo(unit, actor, key, target) else "unchanged"


def _good(kind: str, key: str, target: WorkUndone) -> tuple[bool, ReferenceVersion | None]:
    """Whether the newest version is the target's, and the version before it."""
    newest = find_newest_version(kind, key)
    if newest is None or newest.author_id != target.actor_id or newest.saved_at < target.since:
        return False, None
    return True, find_version_by_others(kind, key, target.actor_id, target.since)


def _undo_agency(unit: UnitOfWork, actor: Actor, slug: str, target: WorkUndone) -> bool:
    agencies = lock_agencies()
    agency = agencies.get(slug)
    if agency is None:
        raise NotFound
    was_proposed = agency.proposed_site_url is not None and agency.proposed_by_id == target.actor_id
    if was_proposed:
        drop_proposal(agency)
    is_bad, good = _good("agency", slug, target)
    # Without an earlier version the target made the agency, which cannot be deleted.
    values = _silent_agency(agency) if good is None else _with_days(good.values or {})
    changed = assign_changed(agency, values) if is_bad else []
    if not (changed or was_proposed):
        return False
    agency.version += 1
    agency.updated_at = clock.now()
    if changed:
        check_place(agency, agencies)
        keep_agency(unit, agency, actor)
    record(unit, Action.AGENCY_UPDATED, slug, actor, agency=slug, fields=changed or ["site_url"])
    return True


def _silent_agency(agency: Agency) -> dict[str, Any]:
    """The values of an agency that only the target described: nothing but its slug, and ended."""
    yesterday = city_today() - timedelta(days=1)
    return {
        "name": agency.slug, "short_name": agency.slug[:60], "abbreviations": [], "aliases": [], "contact": {},
        "site_url": None, "address_templates": {}, "description": None, "successor": None, "valid_from": None, "valid_to": yesterday,
    }  # fmt: skip


def _with_days(values: Mapping[str, Any]) -> dict[str, Any]:
    days = {name: date.fromisoformat(values[name]) for name in DAYS if values.get(name)}
    return {**values, **days}


def _undo_office(unit: UnitOfWork, actor: Actor, office_id: str, target: WorkUndone) -> bool:
    office = get_office(office_id, lock=True)
    is_bad, good = _good("office", office_id, target)
    changed = assign_changed(office, _silent_office(office) if good is None else good.values or {}) if is_bad else []
    if not changed:
        return False
    office.version += 1
    office.updated_at = clock.now()
    keep_office(unit, office, actor)
    record(unit, Action.OFFICE_UPDATED, office_id, actor, agency=office.agency, fields=changed)
    return True


def _silent_office(office: Office) -> dict[str, Any]:
    """The values of an office that only the target described: of its agency, and closed."""
    return {"name": office.agency, "address": None, "area": None, "hours": None, "contact": {}, "is_closed": True}


def _undo_category(unit: UnitOfWork, actor: Actor, slug: str, target: WorkUndone) -> bool:
    category = get_category(slug, lock=True)
    is_bad, good = _good("category", slug, target)
    changed = (
        assign_changed(category, _silent_category(category) if good is None else good.values or {}) if is_bad else []
    )
    if not changed:
        return False
    category.version += 1
    category.updated_at = clock.now()
    keep_category(unit, category, actor)
    record(unit, Action.CATEGORY_UPDATED, slug, actor, fields=changed)
    return True


def _silent_category(category: Category) -> dict[str, Any]:
    return {"name_id": category.slug, "name_en": category.slug, "description": None, "is_retired": True}


def _undo_link_domain(unit: UnitOfWork, actor: Actor, domain: str, target: WorkUndone) -> bool:
    is_bad, good = _good("link_domain", domain, target)
    entry = unit.session.get(LinkDomain, domain, with_for_update=True, populate_existing=True)
    said = None if good is None else good.values
    if not is_bad or (entry is None and said is None):
        return False
    keep_version(unit, "link_domain", domain, said, actor)
    if said is None:
        unit.session.delete(entry)
        record(unit, Action.LINK_DOMAIN_REMOVED, domain[-63:], actor)
        return True
    present = clock.now()
    if entry is None:
        entry = LinkDomain(domain=domain, created_at=present)
        unit.add(entry)
    entry.verdict, entry.note = said["verdict"], said["note"]
    entry.changed_by_id, entry.changed_by_label, entry.updated_at = actor.id, actor.label, present
    is_allowed = entry.verdict == LinkVerdict.ALLOWED
    record(unit, Action.LINK_DOMAIN_ALLOWED if is_allowed else Action.LINK_DOMAIN_BLOCKED, domain[-63:], actor)
    return True


def _undo_synonym(unit: UnitOfWork, actor: Actor, term: str, target: WorkUndone) -> bool:
    is_bad, good = _good("synonym", term, target)
    entry = unit.session.get(SynonymEntry, term, with_for_update=True, populate_existing=True)
    said = None if good is None else good.values
    if not is_bad or (entry is None and said is None):
        return False
    keep_version(unit, "synonym", term, said, actor)
    if said is None:
        unit.session.delete(entry)
        record(unit, Action.SYNONYM_REMOVED, term, actor)
        return True
    present = clock.now()
    if entry is None:
        entry = SynonymEntry(term=term, created_at=present)
        unit.add(entry)
    entry.means, entry.both_ways = said["means"], said["both_ways"]
    entry.changed_by_id, entry.changed_by_label, entry.updated_at = actor.id, actor.label, present
    record(unit, Action.SYNONYM_SET, term, actor)
    return True
