"""JSON log lines, one event per line, and the request id that joins a line to an answer.

Event names are static; data goes into fields. Values are cut at 2,000 characters, control characters are escaped by the
JSON renderer, secrets are replaced by name (R-G1).
"""

from __future__ import annotations

import faulthandler
import logging
import re
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

import structlog

from cms.core.ids import new_id

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
SECRET_NAMES = {"password", "authorization", "key", "token", "access_token", "refresh_token", "secret", "cookie"}
_CLIENT_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
LONGEST_VALUE = 2_000


def harmless_request_id(client_id: str | None) -> str:
    """The client's id when it is harmless, else a fresh one (R-G3)."""
    return client_id if client_id and _CLIENT_REQUEST_ID.fullmatch(client_id) else new_id()


def start_request(client_id: str | None) -> str:
    """Begin a request under the client's id or a fresh one."""
    request_id = harmless_request_id(client_id)
    _request_id.set(request_id)
    return request_id


def current_request_id() -> str | None:
    """The id of the request being answered, or None outside of one."""
    return _request_id.get()


def end_request() -> None:
    """Forget the request id of this context."""
    _request_id.set(None)


def configure_logging(level: str) -> None:
    """Send everything, the libraries' lines included, to standard error as JSON lines.

    A process that dies of a fatal signal, and any process forked from it, also writes the stack of each thread: the only output
    that is not JSON.
    """
    if not faulthandler.is_enabled():
        faulthandler.enable(sys.__stderr__ or sys.stderr)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _add_request_id,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_json_lines(shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("alembic", "botocore", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _json_lines(shared: list[Any]) -> logging.Formatter:
    """Makes one line of JSON of each event; `shared` are the steps that lines of libraries have still to go through."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _redact_and_cut,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
    )


def _add_request_id(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    request_id = _request_id.get()
    if request_id is not None:
        event["request_id"] = request_id
    return event


def _redact_and_cut(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if name in SECRET_NAMES:
            event[name] = "[redacted]"
        elif isinstance(value, str) and len(value) > LONGEST_VALUE and name != "exception":
            event[name] = value[:LONGEST_VALUE] + "..."
    return event


def get_logger(name: str) -> Any:
    """A logger: `get_logger(__name__).info("consumer_moved", name=..., sequence=...)`."""
    return structlog.stdlib.get_logger(name)
