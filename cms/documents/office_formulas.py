"""Judges the formulas of tables: which of them fetch something, or ask another program, when the file is opened.

They are found by a search in the bytes, since tables are too large to be parsed. A formula that is written in an odd way is refused.
"""

from __future__ import annotations

import re
from typing import Final

from cms.core.entities import unescaped
from cms.documents.faults import DamagedFile
from cms.documents.office_fields import DDE_REASON

LONGEST_FORMULA: Final = 40_000
"""Bytes: Excel takes formulas of 8,192 characters."""
FORMULA_FETCHES: Final = "a formula fetches something from elsewhere or asks another program (WEBSERVICE, IMAGE, RTD): copy the cells and paste them as values"
ODD_FORMULA: Final = "a formula is written in a way that hides what it does"
_WORDS: Final = (b"|", b"&#", b"<!", b"WEBSERVICE", b"IMAGE", b"RTD", b"CALL", b"REGISTER", b"EXEC")
_ELEMENT: Final = re.compile(
    rb"<(?:\w{1,30}:)?(?:f|formula|formula1|formula2|definedName)(?:\s[^<>]{0,1000})?(?<!/)>([^<]{0,%d})(.{0,2})"
    % LONGEST_FORMULA,
    re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(
    rb"[\s:]formula\s{0,9}=\s{0,9}(?:\"([^\"<]{0,%d})\"|'([^'<]{0,%d})')" % (LONGEST_FORMULA, LONGEST_FORMULA)
)
# Texts, names of sheets, and columns of tables in brackets.
_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'|\[[^\[\]\"']*\]")
_FETCHING: Final = re.compile(r"(?<![A-Z0-9])(?:WEBSERVICE|IMAGE|RTD|CALL|REGISTER|REGISTER\.ID|EXEC)\s{0,9}\(")


def check_formulas(plain: bytes) -> None:
    """Raise `DamagedFile` for bytes of a part with such a formula; one that goes on behind their end comes again with the next ones."""
    folded = plain.upper()
    if not any(word in folded for word in _WORDS):
        return
    for found in _ELEMENT.finditer(plain):
        if found[2] in {b"<!", b"<?"} or len(found[1]) == LONGEST_FORMULA:
            raise DamagedFile(ODD_FORMULA)
        if found[2]:
            _check(found[1], has_bars=False)
    for found in _ATTRIBUTE.finditer(plain):
        _check(found[1] or found[2] or b"", has_bars=True)


def _check(written: bytes, *, has_bars: bool) -> None:
    """`has_bars`: bars stand between the rows of a list of values, as in OpenDocument; elsewhere a bar asks another program."""
    formula = _QUOTED.sub("", unescaped(written.decode("utf-8", "replace"))).upper()
    if not has_bars and "|" in formula:
        raise DamagedFile(DDE_REASON)
    if _FETCHING.search(formula):
        raise DamagedFile(FORMULA_FETCHES)
