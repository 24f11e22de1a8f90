"""Finding categories and information kinds."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from sqlalchemy import select

from cms.core.db import session
from cms.core.errors import NotFound
from cms.core.ids import is_slug
from cms.taxonomy.models import Category, InformationKind

_CODE = re.compile(r"[A-Z0-9.-]{1,10}")


def find_category(slug: str) -> Category | None:
    """The category with this slug, retired or not."""
    return session.get(Category, slug) if is_slug(slug) else None


def get_category(slug: str, *, lock: bool = False) -> Category:
    """The category with this slug; `lock` holds it until the end of the unit of work. Raises `NotFound`."""
    if not lock:
        category = find_category(slug)
    elif is_slug(slug):
        statement = select(Category).where(Category.slug == slug).with_for_update(key_share=True)
        category = session.scalar(statement.execution_options(populate_existing=True))
    else:
        category = None
    if category is None:
        raise NotFound
    return category


def list_categories(*, retired: bool | None = None, after: str | None = None, limit: int) -> Sequence[Category]:
    """Categories by slug; `after` is a slug."""
    statement = select(Category).order_by(Category.slug).limit(limit)
    if retired is not None:
        statement = statement.where(Category.is_retired.is_(retired))
    if after is not None:
        statement = statement.where(Category.slug > after)
    return session.scalars(statement).all()


def find_information_kinds(codes: Collection[str]) -> dict[str, InformationKind]:
    """Those of the information kinds that exist, in force or not, by code, in one statement."""
    possible = [code for code in codes if _CODE.fullmatch(code)]
    rows = session.scalars(select(InformationKind).where(InformationKind.code.in_(possible))) if possible else ()
    return {kind.code: kind for kind in rows}


def list_information_kinds(
    *, classes: Collection[str] = (), parent: str | None = None, after: str | None = None, limit: int
) -> Sequence[InformationKind]:
    """Information kinds by code; `parent` asks for the parts of that kind, `after` is a code."""
    statement = select(InformationKind).order_by(InformationKind.code).limit(limit)
    if classes:
        statement = statement.where(InformationKind.information_class.in_(classes))
    if parent is not None:
        statement = statement.where(InformationKind.parent == parent)
    if after is not None:
        statement = statement.where(InformationKind.code > after)
    return session.scalars(statement).all()
