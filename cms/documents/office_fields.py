r"""Judges the fields of Word documents (ECMA-376 part 1, 17.16.5): which of them fetch or start something when the file is opened.

Word carries out `DDEAUTO` and `LINK` when it opens a file, and fetches a picture that is not stored in it (`\d`). Other fields wait until
somebody updates them, unless they are marked to be (`w:dirty`), or all are (`w:updateFields`). Programs besides Word read `INCLUDETEXT` as a
linked section and fetch it. A picture pasted from a page is a field that names its address and stores the picture: nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from cms.documents.faults import DamagedFile

LONGEST_INSTRUCTION: Final = 100_000
"""The most characters of one field: many times more than a formula or an address needs."""
DEEPEST: Final = 50
TOO_MANY: Final = "its fields and drawings are too many to be looked at"
DDE_REASON: Final = "it asks other programs for data (DDE)"
FIELD_FETCHES: Final = (
    "a field fetches something from elsewhere: mark everything (Ctrl+A) and press Ctrl+Shift+F9, which keeps what is shown, or paste pictures as"
    " pictures"
)
HIDDEN_FIELD: Final = (
    "a field hides what it does: mark everything (Ctrl+A) and press Ctrl+Shift+F9, which keeps what is shown"
)
_NAME: Final = re.compile(r"[\s\"]{0,50}([A-Za-z]{1,20})(?!\w)")
_ASKING: Final = frozenset({"DDE", "DDEAUTO"})
_STARTING: Final = frozenset({"LINK"})
_TEXTS: Final = frozenset({"INCLUDETEXT", "INCLUDE"})
_FETCHING: Final = frozenset({"INCLUDEPICTURE", "IMPORT", "DATABASE", "RD", *_TEXTS})
_OUTSIDE: Final = re.compile(r"(?<![A-Za-z])[A-Za-z][A-Za-z0-9+.-]{1,30}:|(?<![:\\/\w])[\\/]{2,}\s{0,5}[^\s\\/]")
_NOT_STORED: Final = re.compile(r"\\d(?!\w)", re.IGNORECASE)
# What is written where another field stands in an instruction; no text from outside has it, since XML has no such character.
_INNER: Final = "\0"


class Fields:
    """Joins the pieces of the field instructions of one part, and judges each when it is whole. `updates`: all fields are updated."""

    def __init__(self, updates: bool) -> None:
        self._updates = updates
        self._length = 0
        self._open: list[tuple[list[str], bool]] = [([], False)]

    def mark(self, attributes: Mapping[str, str]) -> None:
        """A mark of a field: its beginning, the end of its instruction, or its end. Attributes without their prefixes."""
        kind = attributes.get("fldCharType")
        if kind == "begin":
            if len(self._open) > DEEPEST:
                raise DamagedFile(TOO_MANY)
            self._open.append(([], _is_true(attributes.get("dirty", "0"))))
        elif kind == "end" and len(self._open) > 1:
            self._judge(*self._open.pop())
            self._open[-1][0].append(_INNER)

    def add(self, text: str) -> None:
        """A piece of the instruction of the innermost field."""
        self._length += len(text)
        if self._length > LONGEST_INSTRUCTION * len(self._open):
            raise DamagedFile(TOO_MANY)
        self._open[-1][0].append(text)

    def simple(self, attributes: Mapping[str, str]) -> None:
        """A field whose instruction is an attribute."""
        self._judge([attributes.get("instr", "")], _is_true(attributes.get("dirty", "0")))

    def close(self) -> None:
        """Judge what the end of the part leaves open."""
        while self._open:
            self._judge(*self._open.pop())

    def _judge(self, pieces: list[str], is_dirty: bool) -> None:
        self._length = 0
        instruction = "".join(pieces).lstrip()
        if instruction.startswith(_INNER) and instruction.strip(_INNER + " \t\r\n"):
            raise DamagedFile(HIDDEN_FIELD)
        name = _NAME.match(instruction)
        if name is not None:
            check_instruction(name[1].upper(), instruction[name.end() :], is_updated=is_dirty or self._updates)


def check_instruction(name: str, rest: str, *, is_updated: bool) -> None:
    """Raise `DamagedFile` for a field that fetches or starts something when the file is opened."""
    if name in _ASKING:
        raise DamagedFile(DDE_REASON)
    if name in _STARTING:
        raise DamagedFile(FIELD_FETCHES)
    if name in _FETCHING and (_INNER in rest or _OUTSIDE.search(rest)):
        is_fetched = name in _TEXTS or (name in {"INCLUDEPICTURE", "IMPORT"} and _NOT_STORED.search(rest))
        if is_fetched or is_updated:
            raise DamagedFile(FIELD_FETCHES)


def _is_true(value: str) -> bool:
    return value.strip().lower() in {"1", "true", "on"}
