"""Settings that must be the same on every node of an installation, compared through the database.

A node with another SECRET_KEY refuses the tokens of the others, one with another storage cannot find their files, one with
another PUBLIC_URL writes other links, one with another DELIVERY_ANONYMOUS answers by chance what the others refuse. None of them notices this alone. `init` notes the values, `serve`, `worker` and `doctor`
compare.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy import select

from cms.changes.signing import signing_key
from cms.core.db import rolled_back, session
from cms.core.errors import DomainError
from cms.core.runtime import runtime
from cms.core.secrets import derived_secret
from cms.health.checks import NO_MARK
from cms.health.models import SharedSetting

STORAGE, SIGNING_KEY = "storage", "audit_signing_key"
SENTENCES = {
    "secret_key": "SECRET_KEY is not the one of the other nodes.",
    "public_url": "PUBLIC_URL is {here}, on the other nodes it is {there}.",
    SIGNING_KEY: "The key that signs checkpoints (AUDIT_SIGNING_KEY) is not the one of the other nodes.",
    "delivery_anonymous": "DELIVERY_ANONYMOUS is {here}, on the other nodes it is {there}.",
    STORAGE: "STORAGE_URL leads to another file storage than the one of this database.",
}
ON_PURPOSE = "If that was changed on purpose, on all nodes: python -m cms init --changed"


class Disagreement(DomainError):
    """This node differs from what the installation has agreed on; the message is for the operator."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("conflict")
        self.sentences = sentences


def disagreements() -> list[str]:
    """How this node differs from the values that `init` noted, one sentence each. Raises `SQLAlchemyError`, `Unavailable`."""
    here, there = values_here(), noted()
    found = [
        SENTENCES[name].format(here=value, there=there[name])
        for name, value in here.items()
        if name in there and there[name] != value
    ]
    return found if STORAGE in here else [*found, NO_MARK]


def is_noted(name: str) -> bool:
    """True when the installation has agreed on a value: a node without one must get that value, not a new one."""
    return name in noted()


def values_here() -> dict[str, str]:
    """The values of this node by name, without those that it lacks."""
    settings = runtime().settings
    # In development the address follows the port, and people try things out.
    is_in_production = settings.environment == "production"
    key = signing_key(settings)
    found = {
        "secret_key": hashlib.sha256(derived_secret(settings.secret_key, "fingerprint")).hexdigest()[:16],
        "public_url": settings.public_url if is_in_production else None,
        "delivery_anonymous": _groups(settings.delivery_anonymous) if is_in_production else None,
        SIGNING_KEY: None if key is None else key.key_id,
        STORAGE: runtime().storage.identity(),
    }
    return {name: value for name, value in found.items() if value is not None}


def _groups(said: Iterable[str]) -> str:
    return ",".join(sorted(set(said))) or "empty"


def noted() -> dict[str, str]:
    """The values that the installation has agreed on, by name."""
    with rolled_back():
        rows = session.execute(select(SharedSetting.name, SharedSetting.value)).all()
    return {row[0]: row[1] for row in rows}
