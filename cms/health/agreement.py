"""Settings that must be the same on every node of an installation, compared through the database.

A node with another SECRET_KEY refuses the tokens of the others, one with another storage cannot find their files, one with
another PUBLIC_URL writes other links: each would look right alone. `init` notes the values (a write like those of `services`;
it is no content, so the log does not tell it), `serve`, `worker` and `doctor` compare.
"""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import select

from cms.changes.signing import signing_key
from cms.core.db import rolled_back, session, unit_of_work
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
    STORAGE: "STORAGE_URL leads to another file storage than the one of this database.",
}
ON_PURPOSE = "If that was changed on purpose, on all nodes: python -m cms init --changed"


class Disagreement(DomainError):
    """This node differs from what the installation has agreed on; the message is for the operator."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("conflict")
        self.sentences = sentences


def disagreements() -> list[str]:
    """How this node differs from what `init` has noted, one sentence each. Raises `SQLAlchemyError`, `Unavailable`."""
    here, there = _values_here(), _noted()
    found = [
        SENTENCES[name].format(here=value, there=there[name])
        for name, value in here.items()
        if name in there and there[name] != value
    ]
    return found if STORAGE in here else [*found, NO_MARK]


def agree(*, changed: bool) -> None:
    """Note the values of this node where none are noted, and mark a storage that is new.

    With `changed` also in place of others. Raises `Disagreement`: a storage without its marker, which may be a disk that is
    not mounted, is marked again only on purpose.
    """
    here, there = _values_here(), _noted()
    if STORAGE not in here and (STORAGE not in there or changed):
        here[STORAGE] = there.get(STORAGE) or secrets.token_hex(16)
        runtime().storage.mark(here[STORAGE])
    if not changed and (found := disagreements()):
        raise Disagreement(found)
    with unit_of_work() as unit:
        for name, value in here.items():
            if there.get(name) != value:
                unit.session.merge(SharedSetting(name=name, value=value))


def note_signing_key(key_id: str) -> None:
    """Note the key that signs checkpoints from now on: nodes that still have the one before say so and do not start."""
    with unit_of_work() as unit:
        unit.session.merge(SharedSetting(name=SIGNING_KEY, value=key_id))


def is_noted(name: str) -> bool:
    """True when the installation has agreed on a value: a node that lacks its own must get that one, not another."""
    return name in _noted()


def _values_here() -> dict[str, str]:
    """The values of this node by name; what it does not have is left out."""
    settings = runtime().settings
    # In development the address follows the port.
    address = settings.public_url if settings.environment == "production" else None
    key = signing_key(settings)
    found = {
        "secret_key": hashlib.sha256(derived_secret(settings.secret_key, "fingerprint")).hexdigest()[:16],
        "public_url": address,
        SIGNING_KEY: None if key is None else key.key_id,
        STORAGE: runtime().storage.identity(),
    }
    return {name: value for name, value in found.items() if value is not None}


def _noted() -> dict[str, str]:
    with rolled_back():
        rows = session.execute(select(SharedSetting.name, SharedSetting.value)).all()
    return {row[0]: row[1] for row in rows}
