"""What one application owns besides its extensions: settings, hot-path reader, cursor maker, storage, watch over the schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import current_app

from cms.core.awaited_bodies import AwaitedBodies
from cms.core.bulkhead import Bulkhead
from cms.core.cursors import Cursors
from cms.core.reading import Reader
from cms.core.schema_state import SchemaWatch
from cms.core.signing_keys import SigningKeys
from cms.core.storage.local import Storage
from cms.core.traffic import Traffic
from config import Settings


@dataclass(frozen=True, slots=True)
class Runtime:
    """The parts of the application that code below the routes may use."""

    settings: Settings
    bulkhead: Bulkhead
    reader: Reader
    signing_keys: SigningKeys
    cursors: Cursors
    storage: Storage
    schema: SchemaWatch
    look_at_words: Callable[..., list[Any]]
    traffic: Traffic = field(default_factory=Traffic)
    awaited_bodies: AwaitedBodies = field(default_factory=AwaitedBodies)
    _caches: list[Callable[[], None]] = field(default_factory=list)

    def remember(self, forget: Callable[[], None]) -> None:
        """Register a function that empties a cache of this process."""
        self._caches.append(forget)

    def forget(self) -> None:
        """Empty every cache of this process: after a restore, and between tests, the log may have gone back."""
        for forget in self._caches:
            forget()


def runtime() -> Runtime:
    """The parts of the current application."""
    found: Runtime = current_app.extensions["simpul"]
    return found
