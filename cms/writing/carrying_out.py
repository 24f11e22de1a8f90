"""Carries out writes of the management plane that are rehearsed or repeatable. Any other write is called directly, without one
more statement.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import orjson
from flask import Flask, Response, current_app, request

from cms.core.db import one_transaction
from cms.core.errors import invalid_parameter
from cms.core.http.access import REHEARSAL, WRITING_METHODS, access_of, confirm_rights, is_sign_in, takes_rehearsal
from cms.writing.idempotency import HEADER, AlreadyAnsweredError, Attempt, idempotency_key, refuse_header

View = Callable[..., Any]
REHEARSED = "Dry-Run"


def carry_out_writes(app: Flask) -> None:
    """Let every write of the management plane be rehearsed and repeated; signing in refuses the header."""
    for rule in app.url_map.iter_rules():
        methods = (rule.methods or set()) & WRITING_METHODS
        if any(takes_rehearsal(access_of(app, rule.endpoint), rule.rule, method) for method in methods):
            app.view_functions[rule.endpoint] = _repeatable(app.view_functions[rule.endpoint])
        elif methods and is_sign_in(rule.rule):
            app.view_functions[rule.endpoint] = _only_once(app.view_functions[rule.endpoint])


def _repeatable(view: View) -> View:
    @functools.wraps(view)
    def carried_out(**values: Any) -> Any:
        if not request.query_string and HEADER not in request.headers:
            return view(**values)
        key = idempotency_key()
        if _is_rehearsal():
            return _rehearsed(view, values)
        return view(**values) if key is None else _answered_once(Attempt(key), view, values)

    return carried_out


def _only_once(view: View) -> View:
    @functools.wraps(view)
    def checked(**values: Any) -> Any:
        if HEADER in request.headers:
            refuse_header("not_supported_here")
        return view(**values)

    return checked


def _is_rehearsal() -> bool:
    given = request.args.getlist(REHEARSAL)
    if len(given) > 1:
        raise invalid_parameter(REHEARSAL, "repeated")
    if given and given[0] not in {"true", "false"}:
        raise invalid_parameter(REHEARSAL, "wrong_type", expected="true or false")
    return given == ["true"]


def _rehearsed(view: View, values: dict[str, Any]) -> Response:
    """Carry out the request, answer as usual, and undo it. A good idempotency key is ignored: there is nothing to repeat."""
    with one_transaction(is_rehearsal=True):
        answer = current_app.make_response(view(**values))
    answer.headers[REHEARSED] = "true"
    if answer.status_code != 204 and answer.is_json:
        body = orjson.loads(answer.get_data())
        body["meta"]["dry_run"] = True
        answer.set_data(orjson.dumps(body))
    return answer


def _answered_once(attempt: Attempt, view: View, values: dict[str, Any]) -> Response:
    """Carry out the request unless that was done before. Only successful answers are kept: an error has changed nothing."""
    if (before := attempt.answer_of_before()) is not None:
        confirm_rights()
        return before
    try:
        with one_transaction(first=attempt.claim) as shared:
            answer = current_app.make_response(view(**values))
            if answer.status_code >= 400:
                shared.discard()
            else:
                shared.begin()
                confirm_rights()
                attempt.keep(shared.session, answer)
    except AlreadyAnsweredError as found:
        confirm_rights()
        return found.answer
    return answer
