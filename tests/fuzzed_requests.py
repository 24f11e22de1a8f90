"""The requests of tests/test_fuzz.py: Schemathesis makes them from the committed OpenAPI document, the same in every run.

Making them takes longer than sending them, so they are kept until the document, a library or one of both files changes. The library is
imported where some are missing: that alone takes a second in every process of a run.
"""

from __future__ import annotations

import json
import os
import pickle
import platform
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from config import PROJECT_ROOT

DOCUMENT = PROJECT_ROOT / "docs" / "openapi.json"
KEPT = PROJECT_ROOT / ".pytest_cache" / "fuzzed-requests"
# Collections whose members a path can name, so that it leads somewhere.
COLLECTIONS = frozenset(
    {
        "agencies",
        "categories",
        "consumers",
        "documents",
        "editions",
        "files",
        "keys",
        "offices",
        "posts",
        "sessions",
        "users",
    }
)


@dataclass(frozen=True, slots=True)
class MadeRequest:
    """Arguments of the WSGI client; when it is about something known, its path has holes for members of collections."""

    sent: dict[str, Any]
    is_known: bool
    holes: dict[str, tuple[str, int]]
    told: str

    def path(self, known: Mapping[str, list[str]]) -> str:
        """The path with members of the collections in its holes."""
        path: str = self.sent["path"]
        for hole, (collection, number) in self.holes.items():
            path = path.replace(hole, known[collection][number % len(known[collection])])
        return path


@cache
def operation_ids() -> list[str]:
    """The ids of all operations of the document, read without the library: every process of a run collects the tests."""
    paths = json.loads(DOCUMENT.read_text())["paths"].values()
    found = (each for path in paths for each in path.values() if isinstance(each, dict))
    return sorted(each["operationId"] for each in found)


def requests_of(operation_id: str) -> list[MadeRequest]:
    """The requests for one operation, as its description allows and as it forbids."""
    kept = _folder() / operation_id
    if not kept.exists():
        making = import_module("tests.making_requests")
        made = list(making.made(operation_id))
        unfinished = kept.with_suffix(".new")
        unfinished.write_bytes(pickle.dumps(made))
        unfinished.rename(kept)
    found: list[MadeRequest] = pickle.loads(kept.read_bytes())  # noqa: S301 - written above
    return found


@cache
def _folder() -> Path:
    """The folder for this document, these libraries and this file; those for others are removed."""
    libraries = [version(name) for name in ("hypothesis", "schemathesis")]
    made_of = [
        DOCUMENT.read_bytes(),
        *(Path(__file__).with_name(f"{name}.py").read_bytes() for name in ("fuzzed_requests", "making_requests")),
        repr((libraries, platform.python_version(), os.environ.get("FUZZ_EXAMPLES"))).encode(),
    ]
    folder = KEPT / sha256(b"\0".join(made_of)).hexdigest()
    for other in KEPT.glob("*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
