"""Finds cells of tables in text (CSV) that table programs would carry out as formulas (R-I3, OWASP: CSV injection).

Registers of cities have negative numbers, telephone numbers with a plus and dashes before words: these are no formulas. A cell that begins with
an equals sign is one; one that begins with another sign is one if it calls a function, another program or a cell.
"""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 300
"""Characters of one cell that are looked at; less than what two pieces of a file share."""
# An apostrophe before the sign makes it a text. A cell begins behind a line, a separator or a quotation mark; table programs take full-width signs too, and skip blanks and NUL.
_FORMULA: Final = re.compile(
    rf"""[\n\r,;|\t][ "\t\0]{{0,20}}(?:[=\uff1d](?=[^\s=,;"'])|[+\-@\uff0b\uff0d\uff20][^,;|\t\n\r]{{0,{LONGEST}}}?(?:[A-Za-z]\(|![$]?[A-Z]{{1,3}}[$]?[0-9]|\w\|'))"""
)


def has_formula(lines: str) -> bool:
    """True for lines of a table with a cell that is a formula; a cell at the very beginning needs a line break before it."""
    return _FORMULA.search(lines) is not None
