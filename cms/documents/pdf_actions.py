"""Refuses PDF files that do something by themselves (ISO 32000-1, 12.6): scripts, programs, actions on opening.

It is a cheap search, not a PDF parser: every byte of the file and every object stream is searched for the names of such
actions. A file that cannot be searched is refused: an encrypted one (ISO 32000-1, 7.6), oddly packed object streams, names
written with `#`. A place to open at (`GoTo`) is fine. Each step takes time in proportion to the file, and no more than
`MOST_UNPACKED` is unpacked.
"""

from __future__ import annotations

import mmap
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cms.documents.faults import DamagedFile

MOST_UNPACKED: Final = 32_000_000
DICTIONARY_BYTES: Final = 1_024
"""The bytes before the word `stream` that are read as the dictionary of the stream."""
ACTION_BYTES: Final = 400
BLOCK_BYTES: Final = 65_536
MOST_OPENINGS: Final = 20
"""A document has one, and one more for each incremental save."""
LONGEST_OFFSET: Final = 10
"""Digits: no stream that is unpacked here needs more, and Python refuses numbers of thousands of digits."""
FORBIDDEN: Final = {
    b"JavaScript": "it has a script",
    b"Launch": "it starts a program",
    b"EmbeddedFile": "there are other files inside",
    b"EmbeddedFiles": "there are other files inside",
    b"GoToE": "there are other files inside",
    b"XFA": "it has a form that is a program (XFA)",
    b"RichMedia": "it plays films or other programs",
    b"Movie": "it plays films or other programs",
    b"Rendition": "it plays films or other programs",
}
WATCHED: Final = frozenset({*FORBIDDEN, b"OpenAction", b"AA", b"ObjStm", b"JS", b"Encrypt"})

_END: Final = rb"(?=[\s\0/<\[(%\])>{}]|$)"
_NAMES: Final = re.compile(rb"/(" + b"|".join(FORBIDDEN) + rb")" + _END)
_ESCAPED: Final = re.compile(rb"/[A-Za-z]{0,12}#[0-9A-Fa-f]{2}[A-Za-z0-9#]{0,30}")
_GAP: Final = rb"(?:[\s\0]|%[^\r\n]{0,200}[\r\n])*"
_ADDITIONAL: Final = re.compile(rb"/AA" + _GAP + rb"(?:<<|\d{1,10}" + _GAP + rb"\d{1,5}" + _GAP + rb"R)")
_OPENING: Final = re.compile(rb"/OpenAction" + _END + _GAP)
_REFERENCE: Final = re.compile(rb"(\d{1,10})\s{1,20}(\d{1,5})\s{1,20}R")
_PASSIVE: Final = re.compile(rb"/S" + _GAP + rb"/(?:GoTo|Named)" + _END)
_KIND: Final = re.compile(rb"/S" + _GAP + rb"/\w")
_STREAM: Final = re.compile(rb"(?<!end)stream\r?\n")
_ENCRYPTED: Final = re.compile(rb"/Encrypt" + _END)
_OBJECT_STREAM: Final = re.compile(rb"/ObjStm" + _END)
_PART: Final = re.compile(rb"<<|>>|\(|<[^<>]{0,400}>|%[^\r\n]{0,400}")
_IN_TEXT: Final = re.compile(rb"\\.|[()]", re.DOTALL)
_ONE_FILTER: Final = re.compile(rb"/Filter" + _GAP + rb"\[" + _GAP + rb"/FlateDecode" + _GAP + rb"\]")
_FIRST: Final = re.compile(rb"/First\s{1,20}(\d{1,9})")


@dataclass(frozen=True, slots=True)
class ObjectStream:
    """An unpacked object stream: pairs of numbers first, then the objects (ISO 32000-1, 7.5.7)."""

    content: bytes
    first: int

    def find(self, number: bytes) -> bytes | None:
        """The beginning of an object by its number."""
        numbers = self.content[: self.first].split()
        for name, offset in zip(numbers[::2], numbers[1::2], strict=False):
            if name == number and len(offset) <= LONGEST_OFFSET and offset.isdigit():
                start = self.first + int(offset)
                return self.content[start : start + ACTION_BYTES]
        return None


def check_actions(path: Path) -> bool:
    """True for a PDF that is encrypted. Raises `DamagedFile` for one that does something by itself, or hides whether it does."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        is_encrypted = _ENCRYPTED.search(data) is not None
        streams = list(_object_streams(data, is_encrypted))
        openings: list[bytes] = []
        parts: list[mmap.mmap | bytes] = [data, *(stream.content for stream in streams)]
        for part in parts:
            _check_names(part)
            openings += [bytes(part[found.end() : found.end() + ACTION_BYTES]) for found in _OPENING.finditer(part)]
        if len(openings) > MOST_OPENINGS:
            raise DamagedFile("it says far too often what happens when it is opened")
        for opening in openings:
            actions = _actions(opening, data, streams)
            # An encrypted file may have the action in an object stream.
            if not (actions or is_encrypted) or not all(map(_is_passive, actions)):
                raise DamagedFile("it does something when it is opened")
        return is_encrypted


def _check_names(part: mmap.mmap | bytes) -> None:
    if found := _NAMES.search(part):
        raise DamagedFile(FORBIDDEN[found[1]])
    if _ADDITIONAL.search(part):
        raise DamagedFile("it does something when it is opened or turned over")
    for escaped in _ESCAPED.finditer(part):
        if _plain(escaped[0][1:]) in WATCHED:
            raise DamagedFile("it hides the name of an action")


def _plain(name: bytes) -> bytes:
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda code: bytes([int(code[1], 16)]), name)


def _actions(opening: bytes, data: mmap.mmap, streams: list[ObjectStream]) -> list[bytes]:
    """What happens on opening: the action or place itself, or all objects that the reference may mean."""
    reference = _REFERENCE.match(opening)
    if reference is None:
        return [opening]
    number, generation = reference[1], reference[2]
    place = re.compile(rb"(?<!\d)" + number + rb"\s{1,20}" + generation + rb"\s{1,20}obj" + _GAP)
    actions = [bytes(data[found.end() : found.end() + ACTION_BYTES]) for found in place.finditer(data)]
    return actions + [found for stream in streams if (found := stream.find(number)) is not None]


def _is_passive(action: bytes) -> bool:
    """True for a place in the document, or an action that leads to one and to nothing after it."""
    if action.startswith(b"["):
        return True
    own = _dictionary(action)
    # An action may name the next one, and more than one kind means that it does.
    return len(_KIND.findall(own)) == 1 and _PASSIVE.search(own) is not None and b"/Next" not in own


def _dictionary(action: bytes) -> bytes:
    """The dictionary that begins here, up to its own end; in an object stream the next object follows without a word between.

    What has no end within these bytes is returned up to the end of its object.
    """
    depth = index = 0
    while part := _PART.search(action, index):
        index = part.end()
        if part[0] == b"(":
            index = _end_of_text(action, index)
        elif part[0] == b"<<":
            depth += 1
        elif part[0] == b">>":
            depth -= 1
            if depth <= 0:
                return action[:index]
    return action.partition(b"endobj")[0]


def _end_of_text(action: bytes, index: int) -> int:
    """Where the text ends whose `(` is before this place: it may have brackets, in pairs or after a backslash (7.3.4.2)."""
    depth = 1
    while depth and (part := _IN_TEXT.search(action, index)):
        depth += {b"(": 1, b")": -1}.get(part[0], 0)
        index = part.end()
    return len(action) if depth else index


def _object_streams(data: mmap.mmap, is_encrypted: bool) -> Iterator[ObjectStream]:
    """All object streams, unpacked; one that is not in its place is refused, like one that cannot be unpacked.

    Encrypted ones cannot be unpacked. Those that can be are looked at: the word `Encrypt` alone encrypts nothing.
    """
    left, named = MOST_UNPACKED, {found.start() for found in _OBJECT_STREAM.finditer(data)}
    for begin in _STREAM.finditer(data):
        before = bytes(data[max(0, begin.start() - DICTIONARY_BYTES) : begin.start()])
        dictionary = _ONE_FILTER.sub(_without_list, before[before.rfind(b"obj") :])
        found = _OBJECT_STREAM.search(dictionary)
        if found is None:
            continue
        named.discard(begin.start() - len(dictionary) + found.start())
        first = _FIRST.search(dictionary)
        if b"/FlateDecode" not in dictionary or b"/DecodeParms" in dictionary or first is None or b"[" in dictionary:
            if is_encrypted:
                continue
            raise DamagedFile("its objects are packed in an unusual way")
        content = _unpacked(data, begin.end(), left)
        if content is not None:
            left -= len(content)
            yield ObjectStream(content, int(first[1]))
        elif not is_encrypted:
            raise DamagedFile("its objects cannot be looked at: they are broken")
    # Named, but without a stream that was found above: other programs might find it.
    if named and not is_encrypted:
        raise DamagedFile("its objects are packed in an unusual way")


def _without_list(found: re.Match[bytes]) -> bytes:
    """The only filter of a list, in the same number of bytes."""
    return b"/Filter/FlateDecode".ljust(len(found[0]))


def _unpacked(data: mmap.mmap, start: int, most: int) -> bytes | None:
    """The stream that begins here; None for one that is broken."""
    unpacking, content = zlib.decompressobj(), bytearray()
    try:
        while not unpacking.eof and start < len(data):
            content += unpacking.decompress(data[start : start + BLOCK_BYTES], most + 1 - len(content))
            start += BLOCK_BYTES
            if len(content) > most:
                raise DamagedFile("it unpacks to far more than its size")
    except zlib.error:
        return None
    return bytes(content)
