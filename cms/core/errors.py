"""Errors of the domain: a stable `code`, parameters for its text, and where in the input it lies. Knows no HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class InputError:
    """One error in the input. `place` is `pointer` (RFC 6901, into the body), `parameter` (query) or `header`; `code` names the broken
    rule and
    `params` its limit, for the text.
    """

    place: str
    name: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class DomainError(Exception):
    """A request that cannot be carried out. Subclasses say what kind; `code` says exactly why."""

    default_code = "internal_error"

    def __init__(
        self,
        code: str | None = None,
        *,
        errors: Sequence[InputError] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
        **params: Any,
    ) -> None:
        self.code = code or self.default_code
        self.params = params
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})
        super().__init__(self.code)


class BadRequest(DomainError):
    """The request cannot be understood."""

    default_code = "bad_request"


class Unauthenticated(DomainError):
    """No credential, or one that is not valid."""

    default_code = "unauthenticated"


class Forbidden(DomainError):
    """The caller may see this but not do this."""

    default_code = "forbidden"


class NotFound(DomainError):
    """It does not exist, or the caller may not know that it does."""

    default_code = "not_found"


class MethodNotAllowed(DomainError):
    """No route has this method; the header `Allow` names those that the address has."""

    default_code = "method_not_allowed"


class TooSlow(DomainError):
    """The body did not arrive in time."""

    default_code = "body_too_slow"


class Conflict(DomainError):
    """The item is in another state, or another one already has this value."""

    default_code = "conflict"


class Gone(DomainError):
    """It was published once and no longer is."""

    default_code = "gone"


class LengthRequired(DomainError):
    """The body has no `Content-Length`, so there is no way to tell whether it arrived whole."""

    default_code = "length_required"


class StaleVersion(DomainError):
    """`If-Match` names an older version than the current one."""

    default_code = "stale_version"


class VersionRequired(DomainError):
    """A change to an existing item came without `If-Match`."""

    default_code = "if_match_required"


class TooLarge(DomainError):
    """The body or file is larger than allowed."""

    default_code = "too_large"


class AddressTooLong(DomainError):
    """The path or the query is too long."""

    default_code = "uri_too_long"


class HeadersTooLarge(DomainError):
    """One header, or all headers together, are too large."""

    default_code = "headers_too_large"


class UnsupportedType(DomainError):
    """The media type or file type is not accepted."""

    default_code = "unsupported_media_type"


class Misdirected(DomainError):
    """Another process, or another server, answers this address."""

    default_code = "misdirected"


class Invalid(DomainError):
    """The content breaks a rule; `errors` has one entry per field."""

    default_code = "invalid_content"


class TooManyRequests(DomainError):
    """A limit per time is exceeded; the header `Retry-After` says when to come back."""

    default_code = "too_many_requests"


class Unavailable(DomainError):
    """Not now: a resource is busy or full."""

    default_code = "unavailable"


def invalid_field(pointer: str, code: str, **params: Any) -> Invalid:
    """An `Invalid` about one field of the body."""
    return Invalid(errors=[InputError("pointer", pointer, code, params)])


def invalid_parameter(name: str, code: str, **params: Any) -> BadRequest:
    """A `BadRequest` about one query parameter."""
    return BadRequest("invalid_parameter", errors=[InputError("parameter", name, code, params)])
