"""Strict fields for contact details: e-mail, telephone, web address, and the origin of a website."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError

from cms.core.http.field_rules import Pattern, rule
from cms.core.http.fields import Text
from cms.core.links import NO_WEB_ADDRESS, encoded_link, is_safe_link, shortened

EMAIL_PATTERN = r"^[^@\s]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
PHONE_PATTERN = r"^[+0-9][0-9 ()./-]*$"
ORIGIN_PATTERN = r"^(https://[a-z0-9-]+(\.[a-z0-9-]+)*|http://localhost)(:[0-9]{1,5})?$"
_ORIGIN_IN_WORDS = "an origin such as https://dpu.example.go.id or http://localhost:5173, without a path"
LONGEST_EMAIL = 254


class Email(Text):
    """An e-mail address, at most 254 characters. Whether the mailbox exists is not checked."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min=3,
            max=LONGEST_EMAIL,
            validate=[Pattern(EMAIL_PATTERN, "an address such as nama@contoh.go.id")],
            **kwargs,
        )


class Phone(Text):
    """A telephone number as people write it, short numbers such as 112 included."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min=3, max=40, validate=[Pattern(PHONE_PATTERN, "a number such as +62 542 123456")], **kwargs)


class Origin(Text):
    """The exact origin of a website as browsers send it: `https://` and lower-case host; `http` for localhost alone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min=1, max=200, validate=[Pattern(ORIGIN_PATTERN, _ORIGIN_IN_WORDS)], **kwargs)


class WebAddress(Text):
    """An absolute http or https address of a named host, without a user name or password (R-C2).

    Spaces and the like become `%20`, as in browsers.
    """

    def __init__(self, *, max: int = 500, allow_path: bool = False, **kwargs: Any) -> None:
        super().__init__(min=1, max=max, **kwargs)
        self.allow_path = allow_path

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        address = encoded_link(super()._deserialize(value, attr, data, **kwargs))
        if not is_safe_address(address, allow_path=self.allow_path):
            raise ValidationError(rule("unsafe_link", link=shortened(address), place="", reason=NO_WEB_ADDRESS))
        return address


def is_safe_address(address: str, *, allow_path: bool = False) -> bool:
    """True for `https://host/...` and `http://host/...`, and for `/path` when a path of the same site will do."""
    starts = ("https://", "http://", "/") if allow_path else ("https://", "http://")
    if not (address.lower().startswith(starts) and is_safe_link(address)):
        return False
    try:
        parts = urlsplit(address)
        return address.startswith("/") or bool(parts.hostname and parts.port != 0)
    except ValueError:
        # A host in brackets that is no IPv6 address, a port beyond 65535.
        return False
