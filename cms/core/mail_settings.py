"""The settings of mail: where the mail server is, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from ipaddress import ip_address
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from config import Settings

PORTS: Final = {"smtp": 587, "smtps": 465}
LAST_HOUR: Final = 23
_FORM: Final = "it must look like smtp://user:password@host:587 or smtps://host:465, with %2F for a slash in a password"
_ADDRESS: Final = re.compile(r"[!-?A-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_PLACEHOLDER: Final = re.compile(r"\{[^}]*\}?|\}")


@dataclass(frozen=True, slots=True)
class MailServerAddress:
    """What `MAIL_URL` says."""

    host: str
    port: int
    is_tls: bool
    starts_tls: bool
    user: str | None = None
    password: str | None = None

    @property
    def is_encrypted(self) -> bool:
        """True when nobody on the way can read what is sent."""
        return self.is_tls or self.starts_tls


def parsed(url: str) -> MailServerAddress:
    """Read `MAIL_URL`. Raises `ValueError` with what is wrong, without the password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        # The message of the library may have a piece of the password in it.
        raise ValueError(_FORM) from None
    options = parse_qs(parts.query, keep_blank_values=True)
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.fragment:
        raise ValueError(_FORM)
    if set(options) - {"starttls"} or options.get("starttls", ["no"]) not in (["no"], ["yes"]):
        raise ValueError("the only option is starttls=no (or yes)")
    if (parts.username is None) != (parts.password is None):
        raise ValueError("user and password belong together")
    is_tls = parts.scheme == "smtps"
    return MailServerAddress(
        parts.hostname,
        port or PORTS[parts.scheme],
        is_tls,
        not is_tls and options.get("starttls") != ["no"],
        None if parts.username is None else unquote(parts.username),
        None if parts.password is None else unquote(parts.password),
    )


def mail_problems(settings: Settings) -> Iterator[str]:
    """The reasons against running with these settings, one sentence each."""
    if settings.mail_summary_hour > LAST_HOUR:
        yield "MAIL_SUMMARY_HOUR must be an hour from 0 to 23"
    if settings.console_url:
        yield from _console_problems(settings)
    if not settings.mail_url:
        return
    addresses = {"MAIL_FROM": parseaddr(settings.mail_from)[1], "MAIL_BOUNCE_TO": settings.mail_bounce_to}
    for name, address in addresses.items():
        if not _ADDRESS.fullmatch(address) and (address or name == "MAIL_FROM"):
            yield f"{name} must be an address such as simpul@balikpapan.go.id, because MAIL_URL is set"
    try:
        server = parsed(settings.mail_url)
    except ValueError as error:
        # Without the value: it may hold a password.
        yield f"MAIL_URL cannot be used: {error}"
        return
    if (
        settings.environment == "production"
        and server.password
        and not server.is_encrypted
        and not _is_here(server.host)
    ):
        yield "MAIL_URL has a password and says starttls=no: anybody on the way could read it"


def bounce_address(settings: Settings) -> str:
    """The envelope sender: who gets what comes back after the mail server has taken it."""
    return settings.mail_bounce_to or parseaddr(settings.mail_from)[1]


def _console_problems(settings: Settings) -> Iterator[str]:
    schemes = ("https",) if settings.environment == "production" else ("https", "http")
    if not settings.console_url.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        yield "CONSOLE_URL must begin with https://"
    if unknown := set(_PLACEHOLDER.findall(settings.console_url)) - {"{type}", "{id}"}:
        yield f"CONSOLE_URL can have {{type}} and {{id}}, not {min(unknown)}"


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
