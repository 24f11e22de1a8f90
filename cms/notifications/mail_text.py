"""Writing a mail: text and simple HTML in Indonesian, and the headers. Pure: it gets everything that it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from html import escape
from typing import Any, Final

from cms.notifications.words import shortened, tidy

MOST_SHOWN: Final = 50
"""Messages of one mail; of the others it says how many there are."""
_WHOLE_LINES: Final = frozenset({"list-unsubscribe", "message-id"})


class _Policy(EmailPolicy):
    """That of the library for SMTP, but an address is never broken: a long one would be written as an encoded word, which nobody reads."""

    def fold(self, name: str, value: Any) -> str:
        """One line for addresses."""
        return f"{name}: {value}{self.linesep}" if name.lower() in _WHOLE_LINES else str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same in bytes."""
        if name.lower() in _WHOLE_LINES:
            return self.fold(name, value).encode("ascii")
        return bytes(super().fold_binary(name, value))


POLICY: Final = _Policy(linesep="\r\n", cte_type="7bit")


class BadAddress(ValueError):
    """An address that cannot be written into a mail."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message: its sentence and where it leads."""

    sentence: str
    link: str


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that a mail says. `unsubscribe` is None for what nobody can switch off."""

    mail_id: str
    to_name: str
    to_address: str
    subject: str
    intro: str
    entries: Sequence[Entry]
    made_at: datetime
    unsubscribe: str | None
    what_stops: str
    """What the address to unsubscribe stops, in words."""


def sender_address(text: str) -> Address:
    """The sender of a setting such as `Simpul Balikpapan <simpul@balikpapan.go.id>`. Raises `BadAddress`."""
    name, address = parseaddr(text)
    return address_of(name, address)


def address_of(name: str, address: str) -> Address:
    """A name and an address as a header takes them; odd local parts are quoted. Raises `BadAddress`."""
    local, _, domain = address.rpartition("@")
    if not local or not domain or tidy(address) != address or any(sign.isspace() for sign in address):
        raise BadAddress(address)
    try:
        return Address(tidy(name), local, domain)
    except (ValueError, IndexError, AttributeError):
        # The library's parser fails in several ways on what is no address.
        raise BadAddress(address) from None


def written(letter: Letter, sender: Address) -> EmailMessage:
    """The mail. Its `Message-ID` is the same at every try. Raises `BadAddress`."""
    to = address_of(letter.to_name, letter.to_address)
    mail = EmailMessage(policy=POLICY.clone(utf8=not to.addr_spec.isascii()))
    mail["From"], mail["To"] = sender, to
    mail["Subject"] = shortened(tidy(letter.subject))
    mail["Date"] = format_datetime(letter.made_at)
    mail["Message-ID"] = f"<{letter.mail_id}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe is not None:
        mail["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(_text(letter), charset="utf-8")
    mail.add_alternative(_html(letter), subtype="html", charset="utf-8")
    return mail


def _hidden(letter: Letter) -> int:
    return max(0, len(letter.entries) - MOST_SHOWN)


def _text(letter: Letter) -> str:
    lines = [f"Halo {tidy(letter.to_name)},", "", letter.intro, ""]
    for entry in letter.entries[:MOST_SHOWN]:
        lines += [f"- {entry.sentence}", f"  {entry.link}", ""]
    if _hidden(letter):
        lines += [f"dan {_hidden(letter)} pesan lain di daftar pesan Anda.", ""]
    return "\n".join([*lines, "--", *_foot(letter)]) + "\n"


def _foot(letter: Letter) -> list[str]:
    if letter.unsubscribe is None:
        return ["Pesan keamanan ini selalu dikirim; surel ini tidak perlu dibalas."]
    return [f"Berhenti menerima {letter.what_stops} lewat surel:", letter.unsubscribe]


def _html(letter: Letter) -> str:
    entries = "".join(
        f'<li><bdi>{escape(entry.sentence)}</bdi><br><a href="{escape(entry.link)}">{escape(entry.link)}</a></li>'
        for entry in letter.entries[:MOST_SHOWN]
    )
    more = f"<p>dan {_hidden(letter)} pesan lain di daftar pesan Anda.</p>" if _hidden(letter) else ""
    if letter.unsubscribe is None:
        foot = escape(_foot(letter)[0])
    else:
        foot = f'<a href="{escape(letter.unsubscribe)}">Berhenti menerima {escape(letter.what_stops)} lewat surel</a>'
    return (
        f'<!doctype html><html lang="id"><head><meta charset="utf-8"><title>{escape(shortened(tidy(letter.subject)))}</title></head>'
        f"<body><p>Halo <bdi>{escape(tidy(letter.to_name))}</bdi>,</p><p>{escape(letter.intro)}</p><ul>{entries}</ul>{more}"
        f"<hr><p><small>{foot}</small></p></body></html>\n"
    )
