"""instance/demo.json: what `make run` made for people and scripts, readable by its owner only."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

NAME = "demo.json"
# Lies in the instance folder while the city is being loaded: a load that was interrupted goes on at the next start.
UNFINISHED = ".demo-unfinished"


@dataclass(slots=True)
class DemoUser:
    """Who can sign in; one entry per role."""

    email: str
    password: str
    role: str
    agency: str | None


@dataclass(slots=True)
class DemoSecrets:
    """Address of the server, delivery keys by name (`website`, `mobile`), and users."""

    base_url: str
    keys: dict[str, str] = field(default_factory=dict)
    users: list[DemoUser] = field(default_factory=list)


def read_secrets(instance: Path) -> DemoSecrets | None:
    """The stored values; None when there are none, for example because the database is not a demonstration."""
    path = instance / NAME
    if not path.exists():
        return None
    stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return DemoSecrets(stored["base_url"], stored["keys"], [DemoUser(**user) for user in stored["users"]])


def write_secrets(instance: Path, secrets: DemoSecrets) -> Path:
    """Write the file; no other account may read it at any moment."""
    instance.mkdir(parents=True, exist_ok=True)
    path, draft = instance / NAME, instance / f".{NAME}.new"
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(json.dumps(asdict(secrets), indent=2) + "\n")
    draft.replace(path)
    return path
