"""The mail server of `MAIL_URL`: one connection, one mail at a time, every wait bounded. Knows no database.

A host that the operator names (`OPERATOR_HOSTS` of `cms.core.outbound`). The library is the standard one: SMTP is old and settled, and a
mail is sent from one thread.
"""

from __future__ import annotations

import smtplib  # noqa: TID251 - the mail server of the operator
import socket  # noqa: TID251 - to break off what takes too long
import ssl  # noqa: TID251 - its certificate
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from cms.core.mail_settings import parsed
from cms.notifications.words import tidy
from config import Settings

STEP_SECONDS: Final = 20.0
"""How long one answer of the server may take."""
LONGEST_SECONDS: Final = 90.0
"""After so long a try is broken off, however the server drips: shorter than the lease of a mail."""
LONGEST_ANSWER: Final = 300


class Fate(StrEnum):
    """How a try went."""

    SENT = "sent"
    REFUSED = "refused"
    """The server does not take mail for this address, or this mail, whenever it comes (5xx at RCPT or DATA)."""
    LATER = "later"
    """Not now: 4xx, or the connection was lost in the middle of this mail."""
    OUTAGE = "outage"
    """No mail at all gets through: no connection, no TLS, no sign-in, or the sender itself is refused."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try went, with what the server said."""

    fate: Fate
    answer: str = ""


class _Watched:
    """Shows itself before it connects, so that whoever waits can break it off."""

    def __init__(self, show: Callable[[Any], None], *where: Any, **how: Any) -> None:
        show(self)
        super().__init__(*where, **how)


class _Plain(_Watched, smtplib.SMTP):
    """A connection that begins in the open."""


class _Encrypted(_Watched, smtplib.SMTP_SSL):
    """A connection that is encrypted from its first byte."""


class MailServer:
    """A connection that is opened when it is needed and kept until `close`. For one thread."""

    def __init__(self, settings: Settings) -> None:
        self._address = parsed(settings.mail_url)
        self._ca_file = settings.mail_ca_file or None
        self._name = urlsplit(settings.public_url).hostname or "localhost"
        self._smtp: smtplib.SMTP | None = None
        self._shown: smtplib.SMTP | None = None

    def send(self, mail: EmailMessage, sender: str, recipient: str) -> Outcome:
        """Try to send a mail; `sender` is the address that later bounces go to. Never raises."""
        with self._bounded():
            try:
                smtp = self._begun(sender, is_wide=not recipient.isascii())
            except (OSError, smtplib.SMTPException, ValueError) as error:
                self.close()
                return Outcome(Fate.OUTAGE, said(error))
            if smtp is None:
                return Outcome(Fate.REFUSED, "the mail server takes no addresses beyond ASCII (SMTPUTF8)")
            try:
                return self._passed_on(smtp, mail, recipient)
            except smtplib.SMTPDataError as error:
                return self._judged(error.smtp_code, error.smtp_error)
            except (OSError, smtplib.SMTPException) as error:
                self.close()
                return Outcome(Fate.LATER, said(error))

    def check(self) -> Outcome:
        """Connect and sign in, and send nothing."""
        with self._bounded():
            try:
                self._connected().noop()
            except (OSError, smtplib.SMTPException, ValueError) as error:
                return Outcome(Fate.OUTAGE, said(error))
            finally:
                self.close()
        return Outcome(Fate.SENT)

    def close(self) -> None:
        """Say goodbye, if the server still listens."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()

    def _begun(self, sender: str, *, is_wide: bool) -> smtplib.SMTP | None:
        """A connection on which a mail from this sender has begun; None when it cannot take such a recipient. An old connection may be dead: then a new one."""
        is_old = self._smtp is not None
        smtp = self._connected()
        if is_wide and not smtp.has_extn("smtputf8"):
            return None
        try:
            code, answer = smtp.mail(sender, ["SMTPUTF8"] if is_wide else [])
        except (OSError, smtplib.SMTPServerDisconnected):
            if not is_old:
                raise
            self.close()
            return self._begun(sender, is_wide=is_wide)
        if code != 250:
            raise smtplib.SMTPSenderRefused(code, answer, sender)
        return smtp

    def _passed_on(self, smtp: smtplib.SMTP, mail: EmailMessage, recipient: str) -> Outcome:
        code, answer = smtp.rcpt(recipient)
        if code not in (250, 251):
            return self._judged(code, answer)
        code, answer = smtp.data(mail.as_bytes())
        return Outcome(Fate.SENT, said_by(code, answer)) if code == 250 else self._judged(code, answer)

    def _judged(self, code: int, answer: bytes | str) -> Outcome:
        """What an answer other than yes means; the connection is ready for the next mail afterwards."""
        if self._smtp is not None:
            try:
                self._smtp.rset()
            except (OSError, smtplib.SMTPException):
                self.close()
        return Outcome(Fate.REFUSED if 500 <= code < 600 else Fate.LATER, said_by(code, answer))

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._smtp = self._opened()
        return self._smtp

    def _opened(self) -> smtplib.SMTP:
        to, context = self._address, ssl.create_default_context(cafile=self._ca_file)
        how = {"local_hostname": self._name, "timeout": STEP_SECONDS}
        smtp: smtplib.SMTP
        if to.is_tls:
            smtp = _Encrypted(self._show, to.host, to.port, context=context, **how)
        else:
            smtp = _Plain(self._show, to.host, to.port, **how)
        try:
            if to.starts_tls:
                smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
            if to.user is not None and to.password is not None:
                smtp.login(to.user, to.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _show(self, smtp: smtplib.SMTP) -> None:
        self._shown = smtp

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        """Break the connection off when the whole try takes too long: a server can keep each single wait short for ever."""
        timer = threading.Timer(LONGEST_SECONDS, self._break_off)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _break_off(self) -> None:
        sock = getattr(self._shown, "sock", None)
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def said(error: Exception) -> str:
    """What went wrong, in one line without secrets."""
    if isinstance(error, smtplib.SMTPResponseException):
        return said_by(error.smtp_code, error.smtp_error)
    return tidy(f"{type(error).__name__}: {error}")[:LONGEST_ANSWER]


def said_by(code: int, answer: bytes | str) -> str:
    """An answer of the server in one line."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return tidy(f"{code} {text}")[:LONGEST_ANSWER]
