"""Writing categories. A category is never deleted but retired: then new content cannot take it any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cms.changes.actions import Action
from cms.changes.log import record
from cms.changes.reference_versions import keep_first_version, values_of
from cms.core import clock
from cms.core.assignment import assign_changed
from cms.core.db import unit_of_work
from cms.core.errors import Conflict
from cms.core.permissions import Actor, Permission, Target, authorize
from cms.core.prepared import foreseen
from cms.core.public_words import refuse_suspicious_words
from cms.core.versions import Expected, check_version
from cms.taxonomy.models import Category
from cms.taxonomy.queries import find_category, get_category
from cms.taxonomy.seed import add_missing_categories, add_missing_information_kinds
from cms.taxonomy.wording import KEPT_FIELDS, keep_category, public_words

DUPLICATES = {"pk_categories": "slug", "uq_categories_slug": "slug"}


def seed_taxonomy(actor: Actor) -> int:
    """Add the missing ones of the project's categories and kinds of information; returns how many were added."""
    with unit_of_work() as unit:
        return add_missing_categories(unit, actor) + add_missing_information_kinds(unit, actor)


def create_category(actor: Actor, values: Mapping[str, Any]) -> Category:
    """Add a category. `values` are those of `CategoryCreateSchema`. Raises `Conflict("duplicate")`, `Invalid` for words that advertise gambling or name an unknown domain."""
    words = public_words(values)
    with foreseen(lambda: refuse_suspicious_words(actor, {}, words)), unit_of_work(DUPLICATES) as unit:
        authorize(actor, Permission.TAXONOMY_WRITE, Target())
        if find_category(values["slug"]) is not None:
            raise Conflict("duplicate", field="slug")
        refuse_suspicious_words(actor, {}, words)
        now = clock.now()
        category = Category(**{"is_retired": False, **values}, version=1, created_at=now, updated_at=now)
        unit.add(category)
        unit.session.flush()
        keep_category(unit, category, actor)
        record(unit, Action.CATEGORY_CREATED, category.slug, actor)
    return category


def update_category(actor: Actor, slug: str, expected: Expected, changes: Mapping[str, Any]) -> Category:
    """Rename, describe, retire or bring back a category. Raises `NotFound`, `StaleVersion`."""
    with foreseen(lambda: _refuse_words(actor, get_category(slug), changes)), unit_of_work() as unit:
        category = get_category(slug, lock=True)
        authorize(actor, Permission.TAXONOMY_WRITE, Target())
        check_version(expected, category.version)
        _refuse_words(actor, category, changes)
        keep_first_version(unit, "category", slug, values_of(category, KEPT_FIELDS))
        changed = assign_changed(category, changes)
        if changed:
            category.version += 1
            category.updated_at = clock.now()
            keep_category(unit, category, actor)
            record(unit, Action.CATEGORY_UPDATED, slug, actor, fields=changed)
    return category


def _refuse_words(actor: Actor, category: Category, changes: Mapping[str, Any]) -> None:
    present = {name: getattr(category, name) for name in KEPT_FIELDS}
    refuse_suspicious_words(actor, public_words(present), public_words({**present, **changes}))
