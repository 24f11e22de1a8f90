"""The only place that turns errors into answers: `application/problem+json` (RFC 9457) for every route."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Flask, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from cms.core import errors
from cms.core.database_errors import domain_error
from cms.core.errors import DomainError, InputError
from cms.core.http.credentials import credential_params
from cms.core.http.messages import PROBLEMS, RULES
from cms.core.http.pages import preferred_language
from cms.core.logging import current_request_id, get_logger

log = get_logger(__name__)

STATUS_BY_CLASS: dict[type[DomainError], int] = {
    errors.BadRequest: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.MethodNotAllowed: 405,
    errors.TooSlow: 408,
    errors.Conflict: 409,
    errors.Gone: 410,
    errors.LengthRequired: 411,
    errors.StaleVersion: 412,
    errors.TooLarge: 413,
    errors.AddressTooLong: 414,
    errors.UnsupportedType: 415,
    errors.Misdirected: 421,
    errors.Invalid: 422,
    errors.VersionRequired: 428,
    errors.TooManyRequests: 429,
    errors.HeadersTooLarge: 431,
    errors.Unavailable: 503,
}
CODE_BY_STATUS = {
    400: "bad_request", 401: "unauthenticated", 403: "forbidden", 404: "not_found", 405: "method_not_allowed", 406: "not_acceptable",
    409: "conflict", 410: "gone", 413: "too_large", 415: "unsupported_media_type", 416: "range_not_satisfiable",
    422: "invalid_content", 429: "too_many_requests", 503: "unavailable",
}  # fmt: skip
HEADERS_KEPT = {"allow", "retry-after", "content-range"}


def register_problem_handlers(app: Flask) -> None:
    """Answer every error of every route in the one shape."""
    app.register_error_handler(DomainError, domain_problem)
    app.register_error_handler(HTTPException, http_problem)
    app.register_error_handler(SQLAlchemyError, database_problem)
    app.register_error_handler(Exception, unexpected_problem)


def domain_problem(error: DomainError) -> Response:
    """An error that the domain raised."""
    status = next(status for kind, status in STATUS_BY_CLASS.items() if isinstance(error, kind))
    headers = dict(error.headers)
    params = dict(error.params)
    if status == 401:
        params = {**credential_params(request), **params}
        challenge = 'Bearer error="invalid_token"' if error.code == "invalid_token" else "Bearer"
        headers.setdefault("WWW-Authenticate", challenge)
    return problem_response(status, error.code, params, error.errors, headers, error.extra)


def http_problem(error: HTTPException) -> Response:
    """An error that the framework raised: unknown address, wrong method, oversized body."""
    if error.response is not None and error.code is None:
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    if 300 <= status < 400:
        status = 404
    code = (
        "untrusted_host"
        if type(error).__name__ == "SecurityError"
        else CODE_BY_STATUS.get(status, "bad_request" if status < 500 else "internal_error")
    )
    kept = {name: value for name, value in error.get_headers() if name.lower() in HEADERS_KEPT}
    params = {"limit": request.max_content_length, "allowed": "application/json"}
    return problem_response(status, code, params, headers=kept)


def database_problem(error: SQLAlchemyError) -> Response:
    """A database that is busy, full or down during a read; anything else is our own fault."""
    translated = domain_error(error)
    return domain_problem(translated) if isinstance(translated, DomainError) else unexpected_problem(error)


def unexpected_problem(error: Exception) -> Response:
    """Our own fault: logged once with its trace, answered without any of it."""
    if current_app.config["TESTING"] and current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise error
    log.error("unexpected_error", path=request.path, method=request.method, exc_info=error)
    return problem_response(500, "internal_error")


def problem_response(
    status: int,
    code: str,
    params: dict[str, Any] | None = None,
    input_errors: tuple[InputError, ...] = (),
    headers: dict[str, str] | None = None,
    extra: dict[str, Any] | None = None,
) -> Response:
    """Build the answer in the language of the caller."""
    language = preferred_language()
    text = PROBLEMS[code]
    body: dict[str, Any] = {
        "type": f"{current_app.config['PUBLIC_URL']}/docs/errors#{code}",
        "title": text.title.filled(language, params or {}),
        "status": status,
        "detail": text.detail.filled(language, params or {}).strip(),
        "code": code,
        "request_id": current_request_id(),
    }
    if input_errors:
        body["errors"] = [_described(item, language) for item in input_errors]
    body |= extra or {}
    answer = Response(orjson.dumps(body), status=status, content_type="application/problem+json")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Language"] = language
    answer.headers["Vary"] = "Accept-Language"
    answer.headers.update(headers or {})
    return answer


def _described(item: InputError, language: str) -> dict[str, Any]:
    return {item.place: item.name, "code": item.code, "detail": RULES[item.code].filled(language, dict(item.params))}
