"""Recognises the kind of a file by its content (R-F2): a short list of kinds that agencies publish; all others are refused.

Each kind is checked from its first to its last byte as far as that costs little; nothing is rendered or executed. The
extension must agree, because readers' computers rely on it. SVG, HTML, XML and scripts are text of another kind.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO, Final

from cms.core.errors import Invalid, UnsupportedType, invalid_field
from cms.core.storage.names import extension_of
from cms.documents.archives import ZIP_BEGINNING, Allowance
from cms.documents.faults import DamagedFile, FaultyPart, UnsupportedFile
from cms.documents.kinds import ACCEPTED_EXTENSIONS, ACCEPTED_LABELS, Recognised
from cms.documents.pdf_files import check_pdf, is_pdf_beginning
from cms.documents.picture_files import PNG_SIGNATURE, check_jpeg, check_png, check_webp
from cms.documents.several_kinds import check_other_kinds
from cms.documents.sound_and_film_files import check_mp3, check_mp4, is_mp3_beginning, is_mp4_beginning
from cms.documents.text_files import check_text
from cms.documents.zip_files import check_zip

HEAD_BYTES: Final = 4_096
Check = Callable[[Path, IO[bytes], int], Recognised]


def recognised_type(path: Path, name: str) -> Recognised:
    """What a complete file with this (clean) name is.

    Raises `UnsupportedType("unsupported_file_type")` for a kind that is not accepted, `Invalid` with the same code when its
    name hides that, or `Invalid` about `/file`: `empty_file`, `damaged_file`, `damaged_part`, `unsupported_part` or
    `extension_mismatch`.
    """
    if path.stat().st_size == 0:
        raise invalid_field("/file", "empty_file")
    try:
        found = _by_content(path, extension_of(name), Allowance())
    except FaultyPart as inside:
        raise _packed(inside) from None
    except DamagedFile as damage:
        raise invalid_field("/file", "damaged_file", reason=str(damage)) from None
    except UnsupportedFile as kind:
        # A name of an accepted kind means false content; any other name, a kind that is not accepted.
        refusal = Invalid if extension_of(name) in ACCEPTED_EXTENSIONS else UnsupportedType
        raise refusal("unsupported_file_type", found=str(kind), allowed=ACCEPTED_LABELS) from None
    if extension_of(name) not in found.type.extensions:
        params = {"extension": extension_of(name) or "nothing", "found": found.type.label}
        raise invalid_field("/file", "extension_mismatch", **params)
    return found


def _packed(inside: FaultyPart) -> Invalid:
    fault = inside.fault
    if isinstance(fault, DamagedFile):
        return invalid_field("/file", "damaged_part", part=inside.part, reason=str(fault))
    return invalid_field("/file", "unsupported_part", part=inside.part, found=str(fault))


def _by_content(path: Path, extension: str, allowance: Allowance) -> Recognised:
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if head.startswith(ZIP_BEGINNING):
            return check_zip(
                path, file, size, lambda path, extension: _by_content(path, extension, allowance), allowance
            )
        for is_beginning, check in _SIGNATURES:
            if is_beginning(head):
                found = check(path, file, size)
                check_other_kinds(path, found.type)
                return found
        return check_text(path, file, extension)


def _with(signature: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(signature)


_SIGNATURES: Final[tuple[tuple[Callable[[bytes], bool], Check], ...]] = (
    (_with(b"\xff\xd8\xff"), check_jpeg),
    (_with(PNG_SIGNATURE), check_png),
    (_with(b"RIFF"), check_webp),
    (is_mp4_beginning, check_mp4),
    (is_mp3_beginning, check_mp3),
    # Behind the others: a PDF may have other bytes before it.
    (is_pdf_beginning, check_pdf),
)
