"""Numbers in paths are written in ASCII digits: `int()` and the digits of regular expressions take those of thirty other scripts too.

Two spellings of one address are two entries in every cache, and programs disagree about which of them are numbers.
"""

from __future__ import annotations

from typing import Final

from flask import Flask
from werkzeug.routing import IntegerConverter

LONGEST_NUMBER: Final = 9


class AsciiNumber(IntegerConverter):
    """A number in a path, `<int:edition>`: one spelling each, so without leading zeros; anything else is another address (404)."""

    regex = f"(?:0|[1-9][0-9]{{0,{LONGEST_NUMBER - 1}}})"


def use_ascii_numbers(app: Flask) -> None:
    """Replace Werkzeug's own converter in every route that is added from now on."""
    app.url_map.converters["int"] = AsciiNumber
