"""The requests of tests/test_fuzz.py: Schemathesis makes them from the committed OpenAPI document, the same in every run.

Making them takes longer than sending them, so they are kept until the document, a library or this file changes.
"""

from __future__ import annotations

import json
import pickle
import platform
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.generation.case import Case
from schemathesis.openapi import from_dict
from schemathesis.schemas import APIOperation
from schemathesis.transport.wsgi import WSGI_TRANSPORT
from werkzeug.test import EnvironBuilder

from config import PROJECT_ROOT

EXAMPLES = 10
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
# What made-up text never hits, so that the fields beside it are looked at.
REFERENCES = {
    "agency": "dpu", "channel": "dpu", "category": "infrastruktur", "areas": ["64.71"], "information_kinds": ["BK-A"],
    "language": "id", "cover": None, "source_url": None,
}  # fmt: skip


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
def operations() -> dict[str, APIOperation]:
    """The operations of the document by their ids."""
    document = from_dict(json.loads(DOCUMENT.read_text()), config=SchemathesisConfig())
    return {found.ok().definition.raw["operationId"]: found.ok() for found in document.get_all_operations()}


def requests_of(operation_id: str) -> list[MadeRequest]:
    """The requests for one operation, as its description allows and as it forbids."""
    kept = _folder() / operation_id
    if not kept.exists():
        made = list(_made(operations()[operation_id]))
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
        Path(__file__).read_bytes(),
        repr((libraries, platform.python_version())).encode(),
    ]
    folder = KEPT / sha256(b"\0".join(made_of)).hexdigest()
    for other in KEPT.glob("*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _made(operation: APIOperation) -> Iterator[MadeRequest]:
    made: list[MadeRequest] = []

    def make(case: Case, data: st.DataObject) -> None:
        chosen = {name: (of, data.draw(st.integers(0, 9))) for name, of in _collections_of(operation.path).items()}
        made.append(_request(case, chosen, is_known=data.draw(st.booleans())))

    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        # Where nothing is asked for, or any text will do, nothing can be wrong.
        with suppress(*([Unsatisfiable] if mode is GenerationMode.NEGATIVE else [])):
            settings(
                max_examples=EXAMPLES, derandomize=True, database=None, deadline=None,
                phases=[Phase.generate], suppress_health_check=list(HealthCheck),
            )(given(operation.as_strategy(generation_mode=mode), st.data())(make))()  # fmt: skip
    return iter(made)


def _collections_of(path: str) -> dict[str, str]:
    """The collection of each parameter of a path that has one."""
    return {name: of for of, name in re.findall(r"/([a-z]+)/{(\w+)}", path) if of in COLLECTIONS}


def _request(case: Case, chosen: Mapping[str, tuple[str, int]], *, is_known: bool) -> MadeRequest:
    holes = {f"known-{name}-": each for name, each in chosen.items()} if is_known else {}
    if is_known:
        case.path_parameters = {**(case.path_parameters or {}), **{name: f"known-{name}-" for name in chosen}}
        if isinstance(case.body, dict):
            case.body = {**case.body, **{name: REFERENCES[name] for name in case.body.keys() & REFERENCES.keys()}}
    sent = WSGI_TRANSPORT.serialize_case(case)
    if "json" in sent:
        # Flask's client writes JSON with the application's own encoder, which knows no integers beyond 64 bits.
        sent["data"] = json.dumps(sent.pop("json"))
    if isinstance(sent.get("data"), dict):
        # Open files cannot be kept, their bytes can.
        environ = EnvironBuilder(**sent).get_environ()
        sent |= {"data": environ["wsgi.input"].read(), "content_type": environ["CONTENT_TYPE"]}
    return MadeRequest(sent, is_known, holes, case.as_curl_command())
