"""Carrying out several writes in one transaction: each is a request of its own to the same application.

Nothing is decided here about an operation. It is routed once, then passes the same access check, schema, service and policies as
a request of its own (R-Z2): there is no second way in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from cms.core.db import one_transaction, rolled_back, session
from cms.core.errors import BadRequest, Conflict, DomainError, InputError, Unavailable
from cms.core.http.access import access_of, confirm_rights, takes_rehearsal
from cms.core.http.problems import domain_problem
from cms.core.logging import current_request_id, start_request
from cms.core.looking_ahead import WritingBegins, looking_ahead
from cms.core.prepared import keeping_results
from cms.core.transactions import SharedTransaction
from cms.editorial.items.queries import lock_items
from cms.media.queries import lock_images

PATH = "/manage/v1/batch"
Operation = Mapping[str, Any]
_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# What an operation takes from the batch request: the caller, the address, the language.
_INHERITED = (
    "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "SCRIPT_NAME", "REMOTE_ADDR", "HTTP_HOST", "HTTP_AUTHORIZATION",
    "HTTP_ACCEPT_LANGUAGE", "wsgi.version", "wsgi.url_scheme", "wsgi.errors", "wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one operation; `status` and `body` as if it had been sent alone, None when it was not carried out."""

    outcome: str
    status: int | None = None
    headers: Mapping[str, str | None] = field(default_factory=lambda: {"etag": None, "location": None})
    body: Any = None

    @property
    def is_failure(self) -> bool:
        """True when the operation was refused."""
        return self.outcome == "failed"


def carry_out_batch(operations: Sequence[Operation], *, atomic: bool) -> list[Result]:
    """Carry out the operations in their order, in one transaction.

    Atomic: all or none; raises `Conflict("batch_failed")` with the results, `Unavailable` when trying again may help. Else
    refused operations leave no trace and the others are carried out.
    """
    with keeping_results(), one_transaction() as shared:
        _look_ahead(operations)
        shared.begin()
        named = _ids_in(operations)
        # Lock items before images, in the order of a publication.
        lock_items(named)
        lock_images(named)
        results: list[Result] = []
        for result in _results(shared, operations):
            results.append(result)
            if atomic and result.is_failure:
                confirm_rights()
                raise _failure(results, len(operations))
        confirm_rights()
    return results


def _results(shared: SharedTransaction, operations: Sequence[Operation]) -> Iterator[Result]:
    request_id = current_request_id()
    app, outside = current_app._get_current_object(), request.environ  # type: ignore[attr-defined]  # noqa: SLF001 - as documented
    for operation in operations:
        answer = _answer(app, outside, operation, request_id)
        # The next operation reads from the database, as if it were sent alone.
        shared.session.expunge_all()
        start_request(request_id)
        yield _result(answer)


def _look_ahead(operations: Sequence[Operation]) -> None:
    """Let each operation do its slow computations before the batch locks anything; its own run then finds the results. Errors are
    left for that run to report.
    """
    request_id = current_request_id()
    app, outside = current_app._get_current_object(), request.environ  # type: ignore[attr-defined]  # noqa: SLF001 - as documented
    for operation in operations:
        with app.request_context(_environ(outside, operation, request_id)), looking_ahead(session()), rolled_back():
            if request.url_rule is None or not _may_be_in_batch(app, request.url_rule.rule):
                continue
            with suppress(WritingBegins, DomainError, HTTPException):
                if app.preprocess_request() is None:
                    app.dispatch_request()
    start_request(request_id)


def _ids_in(operations: Sequence[Operation]) -> set[str]:
    """The ids in the addresses, among them those of items and images."""
    return {str(found).lower() for operation in operations for found in _ID.findall(operation["path"])}


def _answer(app: Flask, outside: Mapping[str, Any], operation: Operation, request_id: str | None) -> Response:
    with app.request_context(_environ(outside, operation, request_id)):
        rule = request.url_rule
        if rule is not None and not _may_be_in_batch(app, rule.rule):
            place = InputError("parameter", "path", "not_in_batch")
            return domain_problem(BadRequest("invalid_parameter", errors=[place]))
        return app.full_dispatch_request()


def _may_be_in_batch(app: Flask, rule: str) -> bool:
    """True for writes that can be rehearsed: they can be undone with the others. A batch in a batch would only hide its size."""
    return rule != PATH and takes_rehearsal(access_of(app, request.endpoint), rule, request.method)


def _environ(outside: Mapping[str, Any], operation: Operation, request_id: str | None) -> dict[str, Any]:
    """The request of an operation. PEP 3333 wants the decoded path as Latin-1."""
    body = b"" if operation["body"] is None else orjson.dumps(operation["body"])
    environ = {name: outside[name] for name in _INHERITED if name in outside}
    environ |= {
        "REQUEST_METHOD": operation["method"],
        "PATH_INFO": unquote_to_bytes(operation["path"]).decode("latin-1"),
        "QUERY_STRING": "",
        "HTTP_X_REQUEST_ID": request_id or "",
        "wsgi.input": BytesIO(body),
    }
    if body:
        environ |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body))}
    if operation["if_match"] is not None:
        environ["HTTP_IF_MATCH"] = operation["if_match"]
    elif operation["method"] == "PUT":
        environ["HTTP_IF_NONE_MATCH"] = "*"
    return environ


def _result(answer: Response) -> Result:
    content = answer.get_data()
    return Result(
        outcome="done" if answer.status_code < 400 else "failed",
        status=answer.status_code,
        headers={"etag": answer.headers.get("ETag"), "location": answer.headers.get("Location")},
        body=orjson.Fragment(content) if content else None,
    )


def _failure(results: Sequence[Result], count: int) -> Conflict | Unavailable:
    """The error of an atomic batch: the last result was refused, so the earlier ones are undone."""
    shown = [Result("rolled_back")] * (len(results) - 1) + [results[-1]] + [Result("not_run")] * (count - len(results))
    extra = {"results": [render_result(result) for result in shown]}
    if (results[-1].status or 500) >= 500:
        return Unavailable("batch_failed", number=len(results), extra=extra, headers={"Retry-After": "1"})
    return Conflict("batch_failed", number=len(results), extra=extra)


def render_result(result: Result) -> dict[str, Any]:
    """A result as the API writes it."""
    return {
        "outcome": result.outcome,
        "status": result.status,
        "headers": dict(result.headers),
        "body": result.body,
    }
