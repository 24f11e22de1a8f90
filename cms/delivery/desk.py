"""What the delivery plane of one application owns: the read model, the key ring, the directory and kept answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import orjson
from flask import current_app
from sqlalchemy import select

from cms.agencies.directory import Directory, read_directory
from cms.agencies.presenter import present_reference
from cms.consumers.keyring import KeyRing
from cms.consumers.models import Consumer
from cms.core.raw_columns import json_value
from cms.core.reading import Reader
from cms.core.runtime import Runtime
from cms.delivery.kept_answers import KeptAnswers
from cms.publishing.reading import Publications
from cms.taxonomy.models import Category, InformationKind

_ORIGINS = select(Consumer.origins).where(Consumer.is_active)
_CATEGORIES = select(
    Category.slug, Category.name_id, Category.name_en, Category.description, Category.is_retired
).order_by(Category.slug)
_KINDS = select(
    InformationKind.code,
    InformationKind.information_class,
    InformationKind.name_id,
    InformationKind.name_en,
    InformationKind.parent,
    InformationKind.article,
    InformationKind.certainty,
).order_by(InformationKind.code)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What content refers to: agencies, areas, categories and information kinds, as one position of the log has them."""

    directory: Directory
    categories: dict[str, dict[str, Any]]
    information_kinds: dict[str, dict[str, Any]]
    _references: dict[str, str] = field(default_factory=dict)

    def reference_json(self, slug: str) -> str:
        """An agency as it stands inside content, as JSON; made once."""
        found = self._references.get(slug)
        if found is None:
            entry = self.directory.agencies.get(slug)
            # An agency may have been made since this vocabulary was read.
            shown = present_reference(entry) if entry else {"slug": slug, "name": slug, "short_name": slug}
            found = self._references[slug] = orjson.dumps(shown).decode()
        return found


@dataclass(slots=True)
class Desk:
    """Shared by all requests of a process; everything in it can be made again from the database."""

    reader: Reader
    publications: Publications
    keys: KeyRing
    kept: KeptAnswers
    _vocabulary: tuple[int, Vocabulary] | None = None
    _origins: tuple[int, frozenset[str]] | None = None
    _lock: Lock = field(default_factory=Lock)

    def vocabulary(self, reference_sequence: int) -> Vocabulary:
        """The vocabulary as of this position of the log's `reference` topic; read again only when that moves."""
        known = self._vocabulary
        if known is not None and known[0] == reference_sequence:
            return known[1]
        with self._lock:
            found = Vocabulary(
                read_directory(self.reader),
                {row[0]: _category(row) for row in self.reader.rows(self.reader.compile(_CATEGORIES), {})},
                {row[0]: _information_kind(row) for row in self.reader.rows(self.reader.compile(_KINDS), {})},
            )
            self._vocabulary = (reference_sequence, found)
        return found

    def origins(self, access_sequence: int) -> frozenset[str]:
        """The browser origins of all active consumers: a CORS preflight carries no key."""
        known = self._origins
        if known is not None and known[0] == access_sequence:
            return known[1]
        rows = self.reader.rows(self.reader.compile(_ORIGINS), {})
        found = frozenset(origin for row in rows for origin in json_value(row[0]))
        self._origins = (access_sequence, found)
        return found

    def known_origins(self) -> frozenset[str] | None:
        """What `origins` found last, None when nobody has asked yet. Without a look at the database."""
        return None if self._origins is None else self._origins[1]

    def forget(self) -> None:
        """Empty every memory."""
        self._vocabulary = None
        self._origins = None
        self.keys.forget()
        self.kept.forget()


def make_desk(runtime: Runtime) -> Desk:
    """The delivery desk of an application; `create_app` makes one."""
    desk = Desk(
        runtime.reader,
        Publications(runtime.reader),
        KeyRing(runtime.reader),
        KeptAnswers(runtime.settings.delivery_cache_bytes),
    )
    runtime.remember(desk.forget)
    return desk


def desk() -> Desk:
    """The delivery desk of the current application."""
    found: Desk = current_app.extensions["simpul_delivery"]
    return found


def _category(row: Any) -> dict[str, Any]:
    slug, name_id, name_en, description, is_retired = row
    return {
        "slug": slug,
        "name": {"id": name_id, "en": name_en},
        "description": description,
        "is_retired": bool(is_retired),
    }


def _information_kind(row: Any) -> dict[str, Any]:
    code, information_class, name_id, name_en, parent, article, certainty = row
    return {
        "code": code,
        "class": information_class,
        "name": {"id": name_id, "en": name_en},
        "parent": parent,
        "article": article,
        "certainty": certainty,
    }
