"""What goes in and out of the routes of people and sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load

from cms.accounts.identity import EMAIL_PATTERN, LONGEST_EMAIL, normalised_email
from cms.accounts.models import UserState
from cms.accounts.password_policy import LONGEST_PASSWORD, SHORTEST_PASSWORD
from cms.core.http.field_rules import Length, Pattern, rule, wrong_type
from cms.core.http.fields import MESSAGES, Choice, ItemId, Moment, Part, Rows, Slug, Text, YesNo
from cms.core.http.schemas import PageQuerySchema, StrictSchema, VersionedSchema
from cms.core.permissions import Permission, Role

LONGEST_TOKEN = 4_096
MOST_MEMBERSHIPS = 50


class EmailAddress(Text):
    """An e-mail address, normalised (NFKC, case-folded)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["metadata"] = {"format": "email", **kwargs.get("metadata", {})}
        super().__init__(min=3, max=LONGEST_EMAIL, validate=[Pattern(EMAIL_PATTERN, "an e-mail address")], **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return normalised_email(super()._deserialize(value, attr, data, **kwargs))


class Password(fields.String):
    """A password, exactly as sent: nothing trimmed, nothing normalised, never cut."""

    def __init__(self, *, min: int, **kwargs: Any) -> None:
        kwargs["metadata"] = {"format": "password", **kwargs.get("metadata", {})}
        super().__init__(
            validate=Length(min=min, max=LONGEST_PASSWORD), load_only=True, error_messages={**MESSAGES}, **kwargs
        )

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise wrong_type("text")
        if "\x00" in value:
            raise ValidationError(rule("bad_characters", character="U+0000", place=value.index("\x00") + 1))
        return value


class LoginSchema(StrictSchema):
    """Who wants to sign in."""

    email = EmailAddress(required=True, metadata={"example": "editor.dpu@balikpapan.example"})
    password = Password(min=1, required=True, metadata={"example": "four random words here"})
    device_token = Text(
        max=LONGEST_TOKEN,
        load_default=None,
        metadata={
            "description": "From an earlier sign-in on this device: its attempts are counted apart from others'."
        },
    )


class RefreshSchema(StrictSchema):
    """The refresh token to exchange."""

    refresh_token = Text(min=1, max=LONGEST_TOKEN, required=True, metadata={"example": "opaque-refresh-token"})


class LogoutSchema(StrictSchema):
    """How far to sign out."""

    everywhere = YesNo(
        load_default=False, metadata={"description": "End all sessions of this person, not only this one."}
    )


class PasswordChangeSchema(StrictSchema):
    """The present password and the one to come."""

    current_password = Password(min=1, required=True, metadata={"example": "four random words here"})
    new_password = Password(
        min=SHORTEST_PASSWORD,
        required=True,
        metadata={
            "description": "Any characters; refused when it is easy to guess.",
            "example": "five other random words here",
        },
    )


class TokensSchema(StrictSchema):
    """Tokens, at the top level as in RFC 6749, section 5.1."""

    access_token = fields.String(
        required=True,
        metadata={"description": "JWT for `Authorization: Bearer`.", "example": "eyJhbGciOiJIUzI1NiJ9.e30.signature"},
    )
    token_type = fields.String(required=True, metadata={"enum": ["Bearer"]})
    expires_in = fields.Integer(
        required=True, metadata={"description": "Seconds for which the access token works.", "example": 600}
    )
    refresh_token = fields.String(
        required=True,
        metadata={
            "description": "Opaque; works once. Showing one that was used more than ten seconds ago ends the session.",
            "example": "opaque-refresh-token",
        },
    )


class SignInTokensSchema(TokensSchema):
    """Tokens of a sign-in."""

    password_change_needed = fields.Boolean(
        required=True,
        metadata={"description": "True: change the password first; until then everything else is 403."},
    )
    device_token = fields.String(
        required=True,
        metadata={
            "description": "Keep it and send it with the next sign-in: others' guesses then do not slow you down."
        },
    )


class MembershipSchema(StrictSchema):
    """A role, in an agency (`author`, `agency_editor`, `ppid_pelaksana`) or in the whole city (the others, agency null)."""

    role = Choice(Role, required=True)
    agency = Slug(max=63, load_default=None, allow_none=True, metadata={"example": "dpu"})

    @post_load
    def as_pair(self, data: dict[str, Any], **_kwargs: Any) -> tuple[Role, str | None]:
        """The role and its agency."""
        return Role(data["role"]), data["agency"]


class UserSchema(VersionedSchema):
    """A person."""

    id = ItemId()
    email = fields.String(metadata={"format": "email", "example": "editor.dpu@balikpapan.example"})
    name = fields.String(metadata={"example": "Siti Rahmah"})
    state = fields.String(metadata={"enum": [str(state) for state in UserState]})
    memberships = fields.List(fields.Nested(MembershipSchema))
    created_at = Moment()
    updated_at = Moment()
    password_changed_at = Moment()
    password_change_needed = fields.Boolean(
        metadata={"description": "True while the password is one that an administrator has seen."}
    )


class NewUserSchema(UserSchema):
    """A person with the password that the server made; shown this once."""

    initial_password = fields.String(
        required=True, metadata={"description": "Hand it over in person; it is not stored and not shown again."}
    )


class MeSchema(UserSchema):
    """The signed-in person."""

    permissions = fields.List(
        fields.String(metadata={"enum": [str(permission) for permission in Permission]}),
        metadata={"description": "What the roles allow somewhere; whether on one item, its `allowed_actions` say."},
    )
    session_id = ItemId()


class UserCreateSchema(StrictSchema):
    """A person to add. The password is made by the server."""

    email = EmailAddress(required=True, metadata={"example": "editor.dpu@balikpapan.example"})
    name = Text(min=1, max=120, required=True, metadata={"example": "Siti Rahmah"})
    memberships = Rows(Part(MembershipSchema), max=MOST_MEMBERSHIPS, required=True)


class UserUpdateSchema(StrictSchema):
    """What may change of a person; a list of memberships replaces the present one."""

    email = EmailAddress(metadata={"example": "editor.dpu@balikpapan.example"})
    name = Text(min=1, max=120, metadata={"example": "Siti Rahmah"})
    memberships = Rows(Part(MembershipSchema), max=MOST_MEMBERSHIPS)


class UserQuerySchema(PageQuerySchema):
    """Filters of the list of people; `role` and `agency` together mean: this role in this agency."""

    state = Choice(UserState)
    role = Choice(Role)
    agency = Slug(max=63)
    q = Text(min=1, max=100, metadata={"description": "Part of the name or e-mail address."})


class SessionSchema(StrictSchema):
    """A sign-in that is in force."""

    id = ItemId()
    created_at = Moment()
    refreshed_at = Moment(metadata={"description": "When its newest refresh token was given out."})
    expires_at = Moment(metadata={"description": "When it ends whatever happens."})
    device = fields.String(
        allow_none=True,
        metadata={"description": "Program and system as the client names them.", "example": "Firefox, Windows"},
    )
    address = fields.String(
        allow_none=True,
        metadata={
            "description": "Network address of the newest refresh, else of the sign-in.",
            "example": "203.0.113.7",
        },
    )
    current = fields.Boolean(metadata={"description": "True for the session of this request."})


class SessionQuerySchema(PageQuerySchema):
    """The page of a list of sessions."""
