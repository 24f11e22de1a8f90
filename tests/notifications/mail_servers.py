"""A mail server on loopback that speaks real SMTP (aiosmtpd), keeps what came in and answers as a test says."""

from __future__ import annotations

import email
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

LONGEST_SECONDS = 60.0
USER, PASSWORD = "simpul", "teluk-tenang-17-burung"
Answer = Callable[["Received"], str | None]


@dataclass(frozen=True, slots=True)
class Received:
    """One mail as it came in."""

    sender: str
    recipient: str
    raw: bytes
    is_encrypted: bool

    @property
    def mail(self) -> EmailMessage:
        """The mail, read by the library."""
        found = email.message_from_bytes(self.raw, policy=default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def text(self) -> str:
        """The part in plain text."""
        part = self.mail.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def html(self) -> str:
        """The part in HTML."""
        part = self.mail.get_body(("html",))
        assert part is not None
        return str(part.get_content())

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return str(self.mail["Subject"])


@dataclass
class MailBox:
    """What a server has taken. `at_recipient` and `at_data` give other answers than yes; None means yes."""

    at_recipient: Callable[[str], str | None] = lambda _address: None
    at_data: Answer = lambda _mail: None
    received: list[Received] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    port: int = 0

    @property
    def url(self) -> str:
        """What `MAIL_URL` would say."""
        return f"smtp://127.0.0.1:{self.port}?starttls=no"

    def to(self, address: str) -> list[Received]:
        """Mails to this address."""
        return [each for each in self.received if each.recipient == address]

    async def handle_RCPT(  # noqa: N802 - named by the library
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.sessions.add(id(session))
        answer = self.at_recipient(address)
        if answer is not None:
            self.refused.append(address)
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - likewise
        mail = Received(
            str(envelope.mail_from),
            str(envelope.rcpt_tos[0]),
            bytes(envelope.original_content or b""),
            session.ssl is not None,
        )
        answer = self.at_data(mail)
        if answer is not None:
            self.refused.append(mail.recipient)
            return answer
        self.received.append(mail)
        return "250 OK"


def _signs_in(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
    right = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=given == right, handled=False)


@contextmanager
def taking_mail(
    box: MailBox | None = None, *, tls: ssl.SSLContext | None = None, at_once: bool = False, **how: Any
) -> Iterator[MailBox]:
    """A mail server until the end of the block. With `tls` it offers STARTTLS and then sign-in, with `at_once` it speaks TLS from the first byte."""
    box = box or MailBox()
    box.port = _free_port()
    if tls is not None and not at_once:
        how = {"tls_context": tls, "require_starttls": True, "authenticator": _signs_in, "auth_required": True, **how}
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=box.port,
        ssl_context=tls if at_once else None,
        enable_SMTPUTF8=how.pop("utf8", True),
        **how,
    )
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def await_until(holds: Callable[[], bool]) -> None:
    """Wait until this holds, as long as a slow machine needs."""
    ends_at = time.monotonic() + LONGEST_SECONDS
    while not holds():
        assert time.monotonic() < ends_at
        time.sleep(0.01)
