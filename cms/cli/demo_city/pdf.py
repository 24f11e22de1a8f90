"""Small PDF files from the texts of the demonstration documents. The same text always gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from fpdf import FPDF

MARGIN_MILLIMETRES = 25
LINE_MILLIMETRES = 7
CREATED = datetime(2026, 1, 1, tzinfo=UTC)
# The built-in fonts know Latin-1 only.
REPLACED = str.maketrans(
    {"\u2013": "-", "\u2014": "-", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2026": "..."}
)


def make_pdf(title: str, pages: Sequence[str]) -> bytes:
    """A PDF with one page per text; the first line of a page is its heading."""
    document = FPDF(format="A4")
    document.set_creation_date(CREATED)
    document.set_title(_latin(title))
    document.set_lang("id")
    document.set_margins(MARGIN_MILLIMETRES, MARGIN_MILLIMETRES)
    for page in pages:
        heading, _, rest = _latin(page).partition("\n")
        document.add_page()
        document.set_font("Helvetica", "B", 14)
        document.multi_cell(0, LINE_MILLIMETRES, heading, new_x="LMARGIN", new_y="NEXT")
        document.set_font("Helvetica", "", 11)
        document.multi_cell(0, LINE_MILLIMETRES, rest, new_x="LMARGIN", new_y="NEXT")
    return bytes(document.output())


def _latin(text: str) -> str:
    return text.translate(REPLACED).encode("latin-1", "replace").decode("latin-1")
