"""Reading the facts that come with the project as CSV files."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path


def read_rows(path: Path) -> list[dict[str, str | None]]:
    """The rows of a seed file by column name; an empty cell is None."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: value or None for name, value in row.items()} for row in csv.DictReader(file)]


def words(cell: str | None) -> list[str]:
    """The entries of a cell that holds several, separated by semicolons."""
    return [word.strip() for word in (cell or "").split(";") if word.strip()]


def day(cell: str | None) -> date | None:
    """The day in a cell."""
    return date.fromisoformat(cell) if cell else None
