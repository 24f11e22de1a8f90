"""Public-information documents: the columns of the Daftar Informasi Publik that Perki 1/2021 asks for as content.

`files` is the ordered list of `{"id", "label", "role", "variant", "language"}` that an edition shows; the rows of the files say
the rest. Exempt information (`dikecualikan`) has rules of its own and is refused until they exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from cms.agencies.queries import city_today
from cms.core.errors import InputError
from cms.core.runtime import runtime
from cms.documents.models import DocumentFile
from cms.documents.personal_data import findings_in_files
from cms.documents.presenter import render_document
from cms.documents.queries import find_files, scans_of_files
from cms.editorial.content_types import Beside, Content, ContentType, needed
from cms.editorial.references import area_faults, category_faults
from cms.offices.queries import find_office
from cms.taxonomy.models import InformationClass, InformationKind
from cms.taxonomy.queries import find_information_kinds
from cms.virus_scans.models import ScanState, VirusScan

OPEN_CLASSES = tuple(each.value for each in InformationClass if each is not InformationClass.DIKECUALIKAN)
MOST_FILES = 50
MOST_KINDS = 20
FORMS = ("cetak", "digital", "rekaman")


class FileRole(StrEnum):
    """What a file is to its document: the information itself, something attached to it, or another way to take it in."""

    CONTENT = "content"
    ATTACHMENT = "attachment"
    AUDIO = "audio"
    VIDEO = "video"
    BRAILLE = "braille"
    SIGN_LANGUAGE = "sign_language"
    TRANSCRIPT = "transcript"


class FileVariant(StrEnum):
    """Whether a file is as it was made, or what is exempt was blacked out in it."""

    ORIGINAL = "original"
    REDACTED = "redacted"


FILE_DEFAULTS: dict[str, Any] = {
    "role": FileRole.CONTENT.value,
    "variant": FileVariant.ORIGINAL.value,
    "language": None,
}
"""What is said about a file beside its id and label; language null means that of the document."""
PERIOD_DEFAULTS: dict[str, Any] = {"from": None, "until": None, "text": None}
DEFAULTS: dict[str, Any] = {
    "agency": None,
    "channel": None,
    "title": None,
    "slug": None,
    "summary": None,
    "body": None,
    "body_format": "markdown",
    "class": None,
    "information_kinds": [],
    "category": None,
    "office": None,
    "number": None,
    "year": None,
    "holder": None,
    "responsible": None,
    "producer": None,
    "made_at": None,
    "made_place": None,
    "period": None,
    "areas": [],
    "forms": [],
    "retention": None,
    "archive_code": None,
    "language": "id",
    "tags": [],
    "files": [],
}


def check_document(item_id: str, content: Content, previous: Content | None) -> list[InputError]:
    """The class must be open, kinds, category and areas must exist, times must be possible, and only own files can be shown."""
    return [
        *_class_faults(content),
        *_kind_faults(content, previous),
        *category_faults(content, previous),
        *area_faults(content, previous),
        *_office_faults(content, previous),
        *_made_at_faults(content),
        *_period_faults(content),
        *_file_faults(item_id, content, previous),
    ]


def missing_in_document(content: Content, _body_text: str) -> list[InputError]:
    """What the register requires of every document: summary, holder, when it was made; and the file of a digital one.

    Perki 1/2021 also asks for place, form and retention; they are often unknown for older papers and can follow.
    """
    is_digital = "digital" in content["forms"]
    missing = needed(content, "summary", "holder", "made_at", *(["files"] if is_digital else []))
    return [*missing, *_infected_files(content)]


def _infected_files(content: Content) -> list[InputError]:
    """Files that must not be published, because nobody will ever get them."""
    found = scans_of_files([entry["id"] for entry in content["files"]])
    return [
        InputError("pointer", f"/files/{index}", "infected_file", {"found": scan.finding})
        for index, entry in enumerate(content["files"])
        if (scan := found.get(entry["id"])) is not None and scan.state == ScanState.INFECTED.value
    ]


def _class_faults(content: Content) -> list[InputError]:
    if content["class"] in OPEN_CLASSES:
        return []
    return [InputError("pointer", "/class", "class_not_open")]


def _kind_faults(content: Content, previous: Content | None) -> list[InputError]:
    """Every kind must exist, be in force and be open, and one of them must belong to the class.

    One document can fulfil obligations of several classes: a work plan is announced periodically and available at all times.
    """
    codes: list[str] = content["information_kinds"]
    known = find_information_kinds(codes)
    has_class = any(kind.information_class == content["class"] for kind in known.values())
    # An ended kind may stay on a document that has it already.
    kept = previous["information_kinds"] if previous is not None else ()
    faults = (
        _kind_fault(index, known.get(code), has_class=has_class, is_kept=code in kept)
        for index, code in enumerate(codes)
    )
    return [fault for fault in faults if fault is not None]


def _kind_fault(index: int, kind: InformationKind | None, *, has_class: bool, is_kept: bool) -> InputError | None:
    place, what = f"/information_kinds/{index}", {"what": "information kind"}
    if kind is None:
        return InputError("pointer", place, "not_found", what)
    if not has_class or kind.information_class not in OPEN_CLASSES:
        return InputError("pointer", place, "class_mismatch", {"expected": kind.information_class})
    if not is_kept and not _is_valid(kind, city_today()):
        return InputError("pointer", place, "not_valid_any_more", what)
    return None


def _is_valid(kind: InformationKind, day: date) -> bool:
    return (kind.valid_from is None or kind.valid_from <= day) and (kind.valid_to is None or day <= kind.valid_to)


def _office_faults(content: Content, previous: Content | None) -> list[InputError]:
    """An office must be one of the owner's and be open; a closed one may stay on a document that belongs to it."""
    said = content["office"], content["agency"]
    if said[0] is None or (previous is not None and (previous["office"], previous["agency"]) == said):
        return []
    office = find_office(content["office"])
    if office is None or office.agency != content["agency"]:
        return [InputError("pointer", "/office", "not_found", {"what": "office of the agency"})]
    if office.is_closed:
        return [InputError("pointer", "/office", "not_valid_any_more", {"what": "office"})]
    return []


def _made_at_faults(content: Content) -> list[InputError]:
    """A day, month or year; text of the same precision compares like the dates."""
    made_at = content["made_at"]
    if made_at is None or made_at <= city_today().isoformat()[: len(made_at)]:
        return []
    return [InputError("pointer", "/made_at", "not_after", {"other": city_today().isoformat()})]


def _period_faults(content: Content) -> list[InputError]:
    """A period must not end before it begins, as far as both say: 2017 to 2017-05 is possible."""
    period = content["period"]
    if period is None or period["from"] is None or period["until"] is None:
        return []
    precision = min(len(period["from"]), len(period["until"]))
    if period["from"][:precision] <= period["until"][:precision]:
        return []
    return [InputError("pointer", "/period/until", "not_before", {"other": "from"})]


def _file_faults(item_id: str, content: Content, previous: Content | None) -> list[InputError]:
    ids = [file["id"] for file in content["files"]]
    if not ids or (previous is not None and previous["files"] == content["files"]):
        return []
    known = find_files(item_id, ids)
    errors = []
    for index, file_id in enumerate(ids):
        if file_id not in known:
            errors.append(InputError("pointer", f"/files/{index}/id", "not_found", {"what": "file"}))
        elif file_id in ids[:index]:
            errors.append(InputError("pointer", f"/files/{index}/id", "repeated"))
    return errors


def beside_document(item_id: str, content: Content) -> Beside:
    """What readers see beside the content of a document: its files."""
    return beside_files(content, find_files(item_id, [file["id"] for file in content["files"]]))


def beside_files(content: Content, files: Mapping[str, DocumentFile]) -> Beside:
    """The names under which readers download these files, which a label does not hide, and the words in them."""
    texts: dict[str, str] = {}
    unread: list[str] = []
    for index, entry in enumerate(content["files"]):
        file = files.get(entry["id"])
        if file is None:
            continue
        if file.name != entry["label"]:
            texts[f"/files/{index}/name"] = file.name
        if file.words is not None:
            texts[f"/files/{index}/content"] = file.words
        if not file.is_read_whole:
            unread.append(f"/files/{index}/content")
    return Beside(texts, unread)


def tell_document(item_id: str, content: Content) -> list[InputError]:
    """The files that nobody could look into, that browsers only save, whose cells act, or that wait for the virus scanner: whoever approves the edition
    should know.
    """
    files = find_files(item_id, [entry["id"] for entry in content["files"]])
    scans = scans_of_files(files)
    told = []
    for index, entry in enumerate(content["files"]):
        file = files.get(entry["id"])
        if file is None:
            continue
        pointer = f"/files/{index}"
        if file.is_attachment:
            told.append(InputError("pointer", pointer, "protected_file" if file.is_protected else "bytes_beside_pdf"))
        if file.has_formulas:
            told.append(InputError("pointer", pointer, "formulas_in_cells"))
        if runtime().settings.clamd_url:
            told += _told_of_scan(pointer, scans.get(file.id))
    return told


def _told_of_scan(pointer: str, scan: VirusScan | None) -> list[InputError]:
    if scan is None or scan.state == ScanState.WAITING.value:
        return [InputError("pointer", pointer, "file_not_scanned")]
    if scan.state == ScanState.INFECTED.value:
        return [InputError("pointer", pointer, "infected_file", {"found": scan.finding})]
    return []


DOCUMENT = ContentType(
    name="document",
    plural="documents",
    label="class",
    defaults=DEFAULTS,
    check=check_document,
    missing=missing_in_document,
    render=render_document,
    parts={"period": PERIOD_DEFAULTS},
    beside=beside_document,
    to_tell=tell_document,
    in_files=findings_in_files,
)
