"""Who may call a route: declared beside it, checked before any other part of the request.

A route without a declaration does not start (R-Z2). The order is fixed: identify, authorise, then parse: a
present but invalid token is 401 on every address of `/v1` and `/manage/v1`, even one that does not exist. Addresses that
need no token of these planes do not look at one: an expired access token that a program sends along with a refresh must not
sign people out.

A body may arrive long after its head. So the person's rights are checked again inside every unit of work, before its commit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

from flask import Flask, Request, g, request
from werkzeug.exceptions import SecurityError

from cms.core.characters import first_hiding
from cms.core.db import UnitOfWork, confirm_before_commit
from cms.core.errors import BadRequest, Conflict, Forbidden, InputError, NotFound, Unauthenticated
from cms.core.permissions import OF_EVERY_PERSON, Actor, Permission, authorize
from config import ANONYMOUS_GROUPS

View = TypeVar("View", bound=Callable[..., Any])
WRITING_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
SIGN_IN_PATH = "/manage/v1/auth/"
REHEARSAL = "dry_run"
"""The query parameter that every write of the management plane takes, signing in and out excepted."""
LONGEST_AUTHORIZATION = 4_096


class Plane(StrEnum):
    """One of the three sides of the API."""

    DELIVERY = "delivery"
    MANAGEMENT = "management"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Access:
    """The declaration of one route: its plane, and the permission or scope it needs.

    `group` is the group of delivery routes that a server may answer without a key (`DELIVERY_ANONYMOUS`).
    """

    plane: Plane
    permission: Permission | None = None
    scope: str | None = None
    group: str | None = None
    needs_token: bool = True
    before_password_change: bool = False
    ignores_query: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """The person of a token. `again` reads the person once more, before a unit of work commits."""

    actor: Actor
    again: Callable[[UnitOfWork | None], Actor]


@dataclass(frozen=True, slots=True)
class Authenticators:
    """Turns the token of each plane into its caller, or raises `Unauthenticated("invalid_token")`."""

    management: Callable[[str], Identity]
    delivery: Callable[[str | None, Access | None], None]


def requires(permission: Permission, *, before_password_change: bool = False) -> Callable[[View], View]:
    """A management route: a person whose roles can have this permission on anything at all.

    With `before_password_change` also a person who must still change the password.
    """
    access = Access(Plane.MANAGEMENT, permission=permission, before_password_change=before_password_change)
    return _declare(access, {"AccessToken": []})


def delivers(scope: str | None = None, *, group: str | None = None) -> Callable[[View], View]:
    """A delivery route: a consumer whose key has this scope, or anybody on a server that answers its `group` without a key."""
    if group is not None and group not in ANONYMOUS_GROUPS:
        raise ValueError(f"{group!r} is no group of routes")
    without_key: tuple[dict[str, list[str]], ...] = () if group is None else ({},)
    return _declare(Access(Plane.DELIVERY, scope=scope, group=group), {"DeliveryKey": []}, *without_key)


def public(plane: Plane, *, own_token: bool = False, ignores_query: bool = False) -> Callable[[View], View]:
    """A route without a token: sign-in on the management plane, health and documentation on the service plane.

    It does not look at a token, but on the delivery plane (images), where one that is sent must be valid. With `own_token` the route
    checks a token of its own (`/metrics`), which is neither a key nor an access token. With `ignores_query` parameters that it does not
    know are no fault: other sites hang theirs (`fbclid`) on links that people share.
    """
    access = Access(plane, needs_token=False, ignores_query=ignores_query)
    return _declare(access, {"MetricsToken": []}) if own_token else _declare(access)


def _declare(access: Access, *security: dict[str, list[str]]) -> Callable[[View], View]:
    """Keep the declaration with the view. `security` are the alternatives in the words of OpenAPI; an empty one is no token."""

    def decorator(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        documented = dict(getattr(view, "_apidoc", {}))
        documented["manual_doc"] = {**documented.get("manual_doc", {}), "security": list(security)}
        view._apidoc = documented  # type: ignore[attr-defined]  # noqa: SLF001 - where flask-smorest keeps it
        return view

    return decorator


def access_of(app: Flask, endpoint: str | None) -> Access | None:
    """The declaration of an endpoint, or None when there is no such endpoint."""
    view = app.view_functions.get(endpoint or "")
    return getattr(view, "access", None)


def takes_rehearsal(access: Access | None, rule: str, method: str) -> bool:
    """True for the writes of the management plane; signing in and out can be neither rehearsed nor repeated."""
    is_managed = access is not None and access.plane is Plane.MANAGEMENT and access.needs_token
    return is_managed and method in WRITING_METHODS and not is_sign_in(rule)


def is_sign_in(rule: str) -> bool:
    """True for the addresses of signing in and out."""
    return rule.startswith(SIGN_IN_PATH)


def check_declarations(app: Flask) -> None:
    """Refuse to start when a route does not say who may call it."""
    undeclared = [rule.rule for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint) is None]
    if undeclared:
        raise RuntimeError(f"routes without an access declaration: {', '.join(sorted(undeclared))}")


def check_every_request(app: Flask, authenticators: Authenticators) -> None:
    """Check every request of the app before it is dispatched."""
    app.extensions["simpul_authenticators"] = authenticators

    def check() -> None:
        # The request object itself: access through Flask's proxy is slow, and this runs on every request.
        asked = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Werkzeug's documented way
        _refuse_foreign_host(asked)
        access = access_of(app, asked.endpoint) if asked.endpoint else None
        plane = access.plane if access else plane_of(asked.path)
        token = bearer_token(asked.headers.get("Authorization")) if _looks_at_tokens(plane, access) else None
        if asked.method == "OPTIONS":
            return
        _identify(authenticators, plane, access, token)
        if access is not None:
            if access.permission is not None:
                _refuse_seen_password(g.actor, access)
                _authorize(asked, access.permission)
            _refuse_impossible_path(asked)
            if not access.ignores_query:
                _refuse_undeclared_query(app, asked)

    app.before_request(check)


def _authorize(asked: Request, permission: Permission) -> None:
    if asked.method in WRITING_METHODS:
        _refuse_frozen(g.actor, permission)
    authorize(g.actor, permission)


def _refuse_frozen(actor: Actor, permission: Permission) -> None:
    """A frozen person can only read and manage the own account; everything else is refused."""
    if actor.frozen is not None and permission not in OF_EVERY_PERSON:
        raise Forbidden("person_frozen", reason=actor.frozen)


def _identify(authenticators: Authenticators, plane: Plane, access: Access | None, token: str | None) -> None:
    """Identify the caller. Where no token is needed (images that browsers fetch), a token that is sent must still be valid."""
    is_open = access is not None and not access.needs_token
    if plane is Plane.DELIVERY and not (is_open and token is None):
        authenticators.delivery(token, access)
    elif token is not None:
        identity = authenticators.management(token)
        g.actor, g.confirm = identity.actor, partial(_confirm, identity, access)
        confirm_before_commit(g.confirm)
    elif access is not None and access.needs_token:
        raise Unauthenticated


def _refuse_seen_password(actor: Actor, access: Access) -> None:
    if actor.password_change_needed and not access.before_password_change:
        raise Forbidden("password_change_needed")


def _confirm(identity: Identity, access: Access | None, unit: UnitOfWork | None) -> None:
    """Raise when the person has lost the session, the account or a role, or was frozen, since this request began.

    It is not known here which role the decision used, so losing any role means: send the request again.
    """
    present = identity.again(unit)
    if access is not None and access.permission is not None:
        _refuse_frozen(present, access.permission)
    if identity.actor.roles <= present.roles:
        return
    if access is not None and access.permission is not None:
        authorize(present, access.permission)
    raise Conflict("rights_changed")


def confirm_rights() -> None:
    """Check the caller's rights once more, now that the body is here; for requests answered without a unit of work.

    Raises `Unauthenticated`, `Forbidden`, `Conflict("rights_changed")`.
    """
    g.confirm(None)


def _refuse_foreign_host(asked: Request) -> None:
    """Refuse a host name that is not ours before any token is read."""
    if isinstance(asked.routing_exception, SecurityError):
        raise asked.routing_exception


def plane_of(path: str) -> Plane:
    """The plane of an address, whether there is anything at it or not."""
    for plane, root in ((Plane.DELIVERY, "/v1"), (Plane.MANAGEMENT, "/manage")):
        if path == root or path.startswith(f"{root}/"):
            return plane
    return Plane.SERVICE


def _looks_at_tokens(plane: Plane, access: Access | None) -> bool:
    """True where a token that is sent must be valid: the delivery plane, images included, and whatever needs a person."""
    if plane is Plane.MANAGEMENT:
        return access is None or access.needs_token
    return plane is Plane.DELIVERY


def bearer_token(header: str | None) -> str | None:
    """The token in an Authorization header; None when there is no such header at all. Raises `Unauthenticated("invalid_token")`."""
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token or len(header) > LONGEST_AUTHORIZATION or not token.isascii():
        raise Unauthenticated("invalid_token")
    return token.strip()


def _refuse_impossible_path(asked: Request) -> None:
    """Refuse characters that no id or slug can have; PostgreSQL rejects them even in a query."""
    if any(isinstance(value, str) and first_hiding(value) is not None for value in (asked.view_args or {}).values()):
        raise NotFound


def _refuse_undeclared_query(app: Flask, asked: Request) -> None:
    """A route that takes no query parameters refuses them all (R-Q3), a write all but the rehearsal's."""
    if not asked.query_string or asked.endpoint is None:
        return
    documented = getattr(app.view_functions[asked.endpoint], "_apidoc", {})
    parameters = documented.get("arguments", {}).get("parameters", [])
    if not any(parameter.get("in") == "query" for parameter in parameters):
        allowed = (REHEARSAL,) if takes_rehearsal(access_of(app, asked.endpoint), asked.path, asked.method) else ()
        told = {"allowed": ", ".join(allowed) or "none"}
        unknown = [InputError("parameter", name, "unknown_parameter", told) for name in asked.args.keys() - {*allowed}]
        if unknown:
            raise BadRequest("invalid_parameter", errors=unknown)


def current_actor() -> Actor:
    """The person of this request."""
    actor: Actor = g.actor
    return actor
