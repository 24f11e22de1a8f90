"""Routes of sign-in, of the signed-in person and of managing people."""

from __future__ import annotations

from typing import Any

from flask import request

from cms.accounts import queries
from cms.accounts.devices import Origin, device_words
from cms.accounts.passwords import generate_password
from cms.accounts.presenter import render_me, render_session, render_user
from cms.accounts.queries import get_user, list_live_sessions
from cms.accounts.schemas import (
    LoginSchema,
    LogoutSchema,
    MeSchema,
    NewUserSchema,
    PasswordChangeSchema,
    RefreshSchema,
    SessionQuerySchema,
    SessionSchema,
    SignInTokensSchema,
    TokensSchema,
    UserCreateSchema,
    UserQuerySchema,
    UserSchema,
    UserUpdateSchema,
)
from cms.accounts.services import people, sign_in
from cms.accounts.tokens import IssuedTokens
from cms.core.http.access import Plane, current_actor, public, requires
from cms.core.http.answers import Answer, PageRequest, created_answer, one_answer
from cms.core.http.api import CHANGE_PROBLEMS, Blueprint
from cms.core.http.conditional import expected_version
from cms.core.http.openapi_headers import OF_LIMITS, told_headers
from cms.core.http.openapi_parts import IF_MATCH_OR_ANY
from cms.core.http.schemas import many, one
from cms.core.permissions import Permission

auth = Blueprint("auth", __name__, url_prefix="/manage/v1/auth")
me = Blueprint("me", __name__, url_prefix="/manage/v1/me")
users = Blueprint("users", __name__, url_prefix="/manage/v1/users")


@auth.route("/login", methods=["POST"])
@public(Plane.MANAGEMENT)
@auth.arguments(LoginSchema)
@auth.response(200, SignInTokensSchema, headers=told_headers(*OF_LIMITS))
@auth.problems(400, 401, 413, 415, 422, 429, 503)
def login(body: dict[str, Any]) -> Answer:
    """Sign in with e-mail address and password.

    The answer is the same for an unknown address, a wrong password and a suspended account. After five wrong attempts
    each further one must wait (429, `Retry-After`), never for ever.
    """
    issued = sign_in.sign_in(**body, origin=_origin())
    return _tokens(issued), 200, issued.standing.headers if issued.standing else {}


@auth.route("/refresh", methods=["POST"])
@public(Plane.MANAGEMENT)
@auth.arguments(RefreshSchema)
@auth.response(200, TokensSchema)
@auth.problems(400, 401, 413, 415, 422)
def refresh(body: dict[str, Any]) -> dict[str, Any]:
    """Exchange a refresh token for new tokens.

    A refresh token works once. Within ten seconds of that it may be shown again, by another tab or because the answer was lost;
    every holder goes on with what he got. Any later use ends the session: sign in again.
    """
    return _tokens(sign_in.refresh(body["refresh_token"], _origin()))


@auth.route("/logout", methods=["POST"])
@requires(Permission.ACCOUNT_OWN, before_password_change=True)
@auth.arguments(LogoutSchema, required=False)
@auth.response(204)
@auth.problems(400, 401, 403, 413, 415, 422)
def logout(body: dict[str, Any]) -> None:
    """Sign out: the tokens of this session stop working at once.

    With `everywhere` all sessions of the person end.
    """
    sign_in.sign_out(current_actor(), everywhere=body["everywhere"])


@auth.route("/password", methods=["POST"])
@requires(Permission.ACCOUNT_OWN, before_password_change=True)
@auth.arguments(PasswordChangeSchema)
@auth.response(200, SignInTokensSchema)
@auth.problems(400, 401, 403, 413, 415, 422, 429, 503)
def change_password(body: dict[str, Any]) -> dict[str, Any]:
    """Change the own password.

    All sessions, access tokens and device tokens end; go on with the ones in the answer.
    """
    return _tokens(sign_in.change_password(current_actor(), **body, origin=_origin()))


@me.route("", methods=["GET"])
@requires(Permission.ACCOUNT_OWN, before_password_change=True)
@me.response(200, one(MeSchema))
@me.problems(400, 401, 403)
def read_me() -> Answer:
    """The signed-in person, with memberships and permissions.

    Roles are read now: a change of roles shows in the next request.
    """
    user = get_user(str(current_actor().id))
    return one_answer(render_me(user, current_actor()), user.version)


@me.route("/sessions", methods=["GET"])
@requires(Permission.ACCOUNT_OWN)
@me.arguments(SessionQuerySchema, location="query")
@me.response(200, many(SessionSchema))
@me.problems(400, 401, 403)
def list_my_sessions(query: dict[str, Any]) -> Answer:
    """The own sign-ins that are in force, newest first.

    At most ten; a further sign-in ends the oldest.
    """
    return _session_page(str(current_actor().id), query)


@me.route("/sessions/<string:session_id>/end", methods=["POST"])
@requires(Permission.ACCOUNT_OWN)
@me.response(204)
@me.problems(400, 401, 403, 404)
def end_my_session(session_id: str) -> None:
    """End one of the own sessions, such as that of a lost telephone.

    Its tokens stop working at once.
    """
    sign_in.end_own_session(current_actor(), session_id)


@users.route("", methods=["GET"])
@requires(Permission.USER_READ)
@users.arguments(UserQuerySchema, location="query")
@users.response(200, many(UserSchema))
@users.problems(400, 401, 403)
def list_users(query: dict[str, Any]) -> Answer:
    """People, newest first.

    Filters by state, role, agency and a part of name or address may be combined.
    """
    page = PageRequest(query)
    filters = {name: value for name, value in query.items() if name not in {"limit", "cursor"}}
    return page.answer(queries.list_users(filters, page.after, page.fetch), render_user, lambda user: [user.id])


@users.route("", methods=["POST"])
@requires(Permission.USER_WRITE)
@users.arguments(UserCreateSchema)
@users.response(201, one(NewUserSchema))
@users.problems(400, 401, 403, 409, 413, 415, 422, 503)
def create_user(body: dict[str, Any]) -> Answer:
    """Add a person.

    The server makes the first password and shows it once, as `data.initial_password`. The person must change it before anything
    else (403 `password_change_needed`).
    """
    password = generate_password()
    user = people.create_user(current_actor(), password=password, **body)
    shown = {**render_user(user), "initial_password": password}
    return created_answer(shown, user.version, f"/manage/v1/users/{user.id}")


@users.route("/<string:user_id>", methods=["GET"])
@requires(Permission.USER_READ)
@users.response(200, one(UserSchema))
@users.problems(400, 401, 403, 404)
def read_user(user_id: str) -> Answer:
    """One person, with the roles held.

    The `ETag` is what changes to this person must name in `If-Match`.
    """
    user = get_user(user_id)
    return one_answer(render_user(user), user.version)


@users.route("/<string:user_id>", methods=["PATCH"])
@requires(Permission.USER_WRITE)
@users.arguments(UserUpdateSchema)
@users.response(200, one(UserSchema))
@users.problems(*CHANGE_PROBLEMS)
def update_user(body: dict[str, Any], user_id: str) -> Answer:
    """Change address, name or roles of a person.

    A list of memberships replaces the present one and counts from the person's next request. The last administrator
    cannot lose that role.
    """
    user = people.update_user(current_actor(), user_id, expected_version(), body)
    return one_answer(render_user(user), user.version)


@users.route("/<string:user_id>/suspend", methods=["POST"])
@requires(Permission.USER_WRITE)
@users.response(200, one(UserSchema))
@users.problems(400, 401, 403, 404, 409, 412, 428)
@users.doc(parameters=[IF_MATCH_OR_ANY])
def suspend_user(user_id: str) -> Answer:
    """Suspend a person.

    All sessions end at once and signing in is refused. The last administrator cannot be suspended.
    """
    user = people.suspend_user(current_actor(), user_id, expected_version(or_any=True))
    return one_answer(render_user(user), user.version)


@users.route("/<string:user_id>/reactivate", methods=["POST"])
@requires(Permission.USER_WRITE)
@users.response(200, one(UserSchema))
@users.problems(400, 401, 403, 404, 409, 412, 428)
def reactivate_user(user_id: str) -> Answer:
    """Let a suspended person sign in again.

    The password is the one from before.
    """
    user = people.reactivate_user(current_actor(), user_id, expected_version())
    return one_answer(render_user(user), user.version)


@users.route("/<string:user_id>/password", methods=["POST"])
@requires(Permission.USER_WRITE)
@users.response(200, one(NewUserSchema))
@users.problems(400, 401, 403, 404, 412, 428, 503)
def reset_password(user_id: str) -> Answer:
    """Give a person who lost it a new password.

    The server makes it and shows it once, as `data.initial_password`; all sessions of the person end. It must be changed before
    anything else. Delays after wrong guesses end too.
    """
    password = generate_password()
    user = people.reset_password(current_actor(), user_id, expected_version(), password)
    return one_answer({**render_user(user), "initial_password": password}, user.version)


@users.route("/<string:user_id>/sessions", methods=["GET"])
@requires(Permission.USER_READ)
@users.arguments(SessionQuerySchema, location="query")
@users.response(200, many(SessionSchema))
@users.problems(400, 401, 403, 404)
def list_user_sessions(query: dict[str, Any], user_id: str) -> Answer:
    """The sign-ins of a person that are in force, newest first.

    Tokens are never shown.
    """
    return _session_page(get_user(user_id).id, query)


@users.route("/<string:user_id>/sessions/<string:session_id>/end", methods=["POST"])
@requires(Permission.USER_WRITE)
@users.response(204)
@users.problems(400, 401, 403, 404)
def end_user_session(user_id: str, session_id: str) -> None:
    """End a session of a person.

    Its tokens stop working at once.
    """
    people.end_user_session(current_actor(), user_id, session_id)


def _tokens(issued: IssuedTokens) -> dict[str, Any]:
    answer = {
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "refresh_token": issued.refresh_token,
    }
    if issued.device_token is None:
        return answer
    return {**answer, "password_change_needed": issued.password_change_needed, "device_token": issued.device_token}


def _origin() -> Origin:
    return Origin(request.remote_addr, device_words(request.headers.get("User-Agent", "")))


def _session_page(user_id: str, query: dict[str, Any]) -> Answer:
    page = PageRequest(query)
    found = list_live_sessions(user_id, page.after, page.fetch)
    return page.answer(found, lambda each: render_session(each, current_actor().session_id), lambda each: [each.id])
