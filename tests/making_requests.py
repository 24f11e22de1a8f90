"""Makes the requests of `tests.fuzzed_requests` with Schemathesis."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache

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

from tests.fuzzed_requests import COLLECTIONS, DOCUMENT, MadeRequest

# Each of what is allowed and of what is forbidden. FUZZ_EXAMPLES raises it for a long run; making them is what takes the time.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "5"))
# What made-up text never hits, so that the fields beside it are looked at.
REFERENCES = {
    "agency": "dpu", "channel": "dpu", "category": "infrastruktur", "areas": ["64.71"], "information_kinds": ["BK-A"],
    "language": "id", "cover": None, "source_url": None,
}  # fmt: skip


def made(operation_id: str) -> Iterator[MadeRequest]:
    """The requests for one operation, as its description allows and as it forbids."""
    operation, found = _operations()[operation_id], list[MadeRequest]()

    def make(case: Case, data: st.DataObject) -> None:
        chosen = {name: (of, data.draw(st.integers(0, 9))) for name, of in _collections_of(operation.path).items()}
        found.append(_request(case, chosen, is_known=data.draw(st.booleans())))

    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        # Where nothing is asked for, or any text will do, nothing can be wrong.
        with suppress(*([Unsatisfiable] if mode is GenerationMode.NEGATIVE else [])):
            settings(
                max_examples=EXAMPLES, derandomize=True, database=None, deadline=None,
                phases=[Phase.generate], suppress_health_check=list(HealthCheck),
            )(given(operation.as_strategy(generation_mode=mode), st.data())(make))()  # fmt: skip
    return iter(found)


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


@cache
def _operations() -> dict[str, APIOperation]:
    """The operations of the document by their ids."""
    document = from_dict(json.loads(DOCUMENT.read_text()), config=SchemathesisConfig())
    return {found.ok().definition.raw["operationId"]: found.ok() for found in document.get_all_operations()}
