"""Finds macros in Office files of before 2007: Visual Basic, and the Excel 4 macros that stand in sheets of their own (MS-XLS, 2.4.28).

A look at the bytes, as elsewhere (decision 39): a file is not taken apart, and one that is large costs no memory.
"""

from __future__ import annotations

import mmap
import re
from pathlib import Path
from typing import Final

from cms.core.storage.known_kinds import OLD_OFFICE, has_entry

_VISUAL_BASIC: Final = "_VBA_PROJECT"
# The record BoundSheet: type 0x85, length of the record, place of the sheet, hidden or not, kind of sheet 1 (macros), length of the name.
_MACRO_SHEET: Final = re.compile(rb"\x85\0(.)\0.{4}[\0-\x02\x40-\x42\x80-\x82]\x01(.)(.)", re.DOTALL)
_BEFORE_NAME_8: Final = 8
"""Bytes of the record before the name, as Excel 97 and later write it: the length of the name and its encoding come last."""
_BEFORE_NAME_5: Final = 7
"""The same of Excel 5 and 95, which have no encoding."""
# Excel 2 to 4 wrote no compound file: the first record (BOF) names the kind of sheet, 0x40 for macros, 0x100 for a workbook of sheets.
_ALONE: Final = re.compile(rb"\x09[\0\x02\x04][\x04\x06\x08]\0..(?:\x40\0|\0\x01)", re.DOTALL)


def is_old_macro_sheet(head: bytes) -> bool:
    """True for a file that begins as a macro sheet of Excel 2, 3 or 4 does, or as a workbook of Excel 4, which can have one."""
    return _ALONE.match(head) is not None


def has_old_macros(path: Path) -> bool:
    """True for a compound file (MS-CFB) with a project of Visual Basic or with a sheet of Excel 4 macros, hidden ones too."""
    return has_entry(path, _VISUAL_BASIC) or _has_macro_sheet(path)


def _has_macro_sheet(path: Path) -> bool:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data[: len(OLD_OFFICE)] != OLD_OFFICE:
            return False
        return any(_is_record(*(each[0] for each in found.groups())) for found in _MACRO_SHEET.finditer(data))


def _is_record(length: int, name_length: int, encoding: int) -> bool:
    """Does the length of the record agree with that of the name? Numbers in cells hit the pattern too, but not this."""
    in_words = encoding in (0, 1) and length == _BEFORE_NAME_8 + name_length * (1 + encoding)
    return name_length > 0 and (in_words or length == _BEFORE_NAME_5 + name_length)
