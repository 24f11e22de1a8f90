"""The sentence of each message, in Indonesian and in English. Nothing of what people wrote stands in it but titles and names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from cms.core.characters import on_one_line, without_hiding
from cms.notifications.models import SUMMARY, Notification
from cms.notifications.policies import Kind

LONGEST_TITLE = 120
_MONTHS: Final = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in both languages."""

    id: str
    en: str


KINDS: Final[Mapping[str, Sentence]] = {
    Kind.WAITING: Sentence("Menunggu Anda", "Waits for you"),
    Kind.RETURNED: Sentence("Dikembalikan kepada Anda", "Returned to you"),
    Kind.APPROVED: Sentence("Disetujui", "Approved"),
    Kind.PUBLISHED: Sentence("Terbit", "Published"),
    Kind.TAKEN_BACK: Sentence("Ditarik dari pembaca", "Taken back"),
    Kind.COMMENT: Sentence("Komentar", "Comment"),
    Kind.SCHEDULE: Sentence("Jadwal tidak terlaksana", "A schedule did not hold"),
    Kind.INFECTED: Sentence("Berkas terinfeksi", "Infected file"),
    Kind.BREAKER: Sentence("Penerbitan dijeda", "Publishing is paused"),
    Kind.FREEZE: Sentence("Pembekuan", "Freeze"),
    Kind.WEBHOOK: Sentence("Webhook dimatikan", "A webhook is switched off"),
    Kind.KEY: Sentence("Kunci akan berakhir", "A key is about to expire"),
    Kind.ACCOUNT: Sentence("Akun Anda", "Your account"),
    Kind.MAIL: Sentence("Surel dihentikan", "Mail has stopped"),
    Kind.PERSONAL_DATA: Sentence("Data pribadi dapat dibaca", "Personal data are public"),
    SUMMARY: Sentence("Ringkasan harian", "Daily summary"),
}
_SENTENCES: Final[Mapping[tuple[str, str], Sentence]] = {
    (Kind.WAITING, "submitted"): Sentence(
        "{actor} mengajukan {title} untuk diperiksa.", "{actor} submitted {title} for review."
    ),
    (Kind.WAITING, "approved"): Sentence(
        "{title} sudah disetujui {actor} dan menunggu diterbitkan.",
        "{title} was approved by {actor} and waits to be published.",
    ),
    (Kind.RETURNED, ""): Sentence(
        "{actor} mengembalikan {title} untuk diperbaiki.", "{actor} returned {title} for changes."
    ),
    (Kind.APPROVED, ""): Sentence("{actor} menyetujui {title}.", "{actor} approved {title}."),
    (Kind.PUBLISHED, ""): Sentence("{actor} menerbitkan {title}.", "{actor} published {title}."),
    (Kind.PUBLISHED, "schedule"): Sentence(
        "{title} terbit sesuai jadwal dari {actor}.", "{title} was published as {actor} had scheduled."
    ),
    (Kind.TAKEN_BACK, ""): Sentence("{actor} menarik {title} dari pembaca.", "{actor} took {title} back from readers."),
    (Kind.TAKEN_BACK, "schedule"): Sentence(
        "{title} berakhir sesuai jadwal dari {actor}.", "{title} ended as {actor} had scheduled."
    ),
    (Kind.COMMENT, ""): Sentence("{actor} mengomentari {title}.", "{actor} commented on {title}."),
    (Kind.SCHEDULE, "unscheduled"): Sentence(
        "{actor} membatalkan jadwal {title}.", "{actor} cancelled the schedule of {title}."
    ),
    (Kind.SCHEDULE, "failed"): Sentence(
        "Jadwal {title} gagal dicatat dan dicoba lagi; pengelola server melihatnya juga.",
        "The schedule of {title} could not be carried out and is tried again; those who run the server see it too.",
    ),
    (Kind.INFECTED, "file_infected"): Sentence(
        "Pemindai virus menemukan sesuatu dalam berkas {title}: berkas itu ditahan. Keluarkan, dan periksa komputer asalnya.",
        "The virus scanner found something in a file of {title}: the file is held. Take it out, and scan the computer that it comes from.",
    ),
    (Kind.BREAKER, "person"): Sentence(
        "Penerbitan oleh {label} dijeda: terlalu banyak dalam waktu singkat.",
        "Publishing by {label} is paused: too much in a short time.",
    ),
    (Kind.BREAKER, "agency"): Sentence(
        "Penerbitan {label} dijeda: terlalu banyak dalam satu jam.",
        "Publishing in {label} is paused: too much in an hour.",
    ),
    (Kind.BREAKER, "removal"): Sentence(
        "Penarikan oleh {label} dijeda: terlalu banyak dalam satu jam.",
        "Taking back by {label} is paused: too much in an hour.",
    ),
    (Kind.FREEZE, "freeze.set person"): Sentence(
        "{actor} membekukan akun Anda: untuk sementara Anda tidak dapat mengubah apa pun.",
        "{actor} froze your account: for now you can change nothing.",
    ),
    (Kind.FREEZE, "freeze.lifted person"): Sentence(
        "{actor} mencabut pembekuan akun Anda.", "{actor} lifted the freeze of your account."
    ),
    (Kind.FREEZE, "freeze.set agency"): Sentence(
        "{actor} membekukan penerbitan {label}.", "{actor} froze publishing in {label}."
    ),
    (Kind.FREEZE, "freeze.lifted agency"): Sentence(
        "{actor} mencabut pembekuan penerbitan {label}.", "{actor} lifted the freeze of publishing in {label}."
    ),
    (Kind.FREEZE, "freeze.set city"): Sentence(
        "{actor} membekukan penerbitan seluruh kota.", "{actor} froze publishing in the whole city."
    ),
    (Kind.FREEZE, "freeze.lifted city"): Sentence(
        "{actor} mencabut pembekuan penerbitan seluruh kota.", "{actor} lifted the freeze of the whole city."
    ),
    (Kind.WEBHOOK, "gone"): Sentence(
        "Webhook {label} milik {consumer} dimatikan: alamatnya menjawab bahwa ia sudah tidak ada (410).",
        "The webhook {label} of {consumer} was switched off: its address said that it is gone (410).",
    ),
    (Kind.WEBHOOK, "failing"): Sentence(
        "Webhook {label} milik {consumer} dimatikan: lima hari berturut-turut gagal.",
        "The webhook {label} of {consumer} was switched off: it failed for five days.",
    ),
    (Kind.KEY, ""): Sentence(
        "Kunci …{hint} milik {consumer} berakhir pada {moment}; sesudah itu situs atau aplikasinya tidak mendapat apa-apa.",
        "The key …{hint} of {consumer} expires on {moment}; after that the website or app gets nothing.",
    ),
    (Kind.ACCOUNT, "refresh_reused"): Sentence(
        "Satu sesi Anda dihentikan karena tokennya dipakai dua kali. Bila ragu, ganti kata sandi Anda.",
        "One of your sessions was ended because its token was used twice. When in doubt, change your password.",
    ),
    (Kind.ACCOUNT, "password_changed"): Sentence(
        "Kata sandi Anda diganti oleh {actor}. Bila bukan kehendak Anda, hubungi pengelola segera.",
        "Your password was changed by {actor}. If you did not want that, call those who run the server at once.",
    ),
    (Kind.ACCOUNT, "roles_changed"): Sentence("{actor} mengubah peran Anda.", "{actor} changed your roles."),
    (Kind.ACCOUNT, "updated"): Sentence(
        "{actor} mengubah alamat surel akun Anda.", "{actor} changed the e-mail address of your account."
    ),
    (Kind.PERSONAL_DATA, ""): Sentence(
        "Dalam berkas {title} ditemukan data pribadi setelah terbit: tarik atau ganti berkasnya, atau tegaskan dengan alasan.",
        "Personal data were found in a file of {title} after it was published: take it back, replace the file, or confirm with a reason.",
    ),
    (Kind.MAIL, ""): Sentence(
        "Surel ke {address} dihentikan: server surel menolaknya tiga kali. Pesan tetap ada di daftar ini.",
        "Mail to {address} has stopped: the mail server refused it three times. Messages stay in this list.",
    ),
}
_UNSEEN: Final = Sentence("sebuah konten", "an item")
_ITSELF: Final = Sentence("sistem", "the system")


def sentence_of(message: Notification, title: str | None, zone: str) -> Sentence:
    """What happened. `title` is that of the item, None when there is none or the person may not see it."""
    found = _SENTENCES.get((message.kind, _variant(message))) or _SENTENCES[message.kind, ""]
    told = {name: tidy(str(value)) for name, value in message.facts.items()}
    by_itself = message.actor_id is None and message.actor_label.startswith("system: ")
    actor = _ITSELF if by_itself else Sentence(tidy(message.actor_label), tidy(message.actor_label))
    in_indonesian = {"actor": actor.id, "title": _quoted(title, _UNSEEN.id), "moment": _moment(message, zone)}
    in_english = {"actor": actor.en, "title": _quoted(title, _UNSEEN.en), "moment": _moment_in_english(message, zone)}
    return Sentence(_begun(found.id, told | in_indonesian), _begun(found.en, told | in_english))


def _begun(sentence: str, told: dict[str, str]) -> str:
    """The sentence with its words, which begins with a capital letter."""
    text = sentence.format_map(told)
    return text[:1].upper() + text[1:]


def _variant(message: Notification) -> str:
    facts, kind = message.facts, message.kind
    if kind == Kind.FREEZE:
        return f"freeze.{facts['what']} {facts['scope']}"
    if kind in (Kind.PUBLISHED, Kind.TAKEN_BACK):
        return str(facts.get("by", ""))
    return str(facts.get("breaker") or facts.get("because") or facts.get("what") or "")


def _quoted(title: str | None, unseen: str) -> str:
    return unseen if title is None else f"“{shortened(tidy(title))}”"


def tidy(text: str) -> str:
    """A text that cannot break a line, hide anything, or turn the direction of what stands around it."""
    return on_one_line(without_hiding(text)).strip()


def shortened(text: str) -> str:
    """At most so much of a title."""
    return text if len(text) <= LONGEST_TITLE else text[: LONGEST_TITLE - 1].rstrip() + "…"


def _expiry(message: Notification, zone: str) -> datetime | None:
    told = message.facts.get("expires_at")
    return datetime.fromisoformat(told).astimezone(ZoneInfo(zone)) if told else None


def _moment(message: Notification, zone: str) -> str:
    local = _expiry(message, zone)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year} pukul {local:%H.%M}" if local else ""


def _moment_in_english(message: Notification, zone: str) -> str:
    local = _expiry(message, zone)
    return f"{local:%Y-%m-%d %H:%M}" if local else ""


def day_in_words(moment: datetime, zone: str) -> str:
    """A day of the city in Indonesian: `24 November 2026`."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"
