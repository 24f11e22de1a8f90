"""Small reads beside the session. Its transaction, for one statement, costs more than the statement."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select

from cms.core.db import has_begun_writing, session
from cms.core.reading import Reader
from cms.core.runtime import runtime

Rows = Sequence[Sequence[Any]]


def small_read(statement: Select[*tuple[Any, ...]], values: dict[str, Any]) -> Rows:
    """The rows as they are now. A context that writes sees its own writes too.

    Values of columns may be those of the driver: see `cms.core.raw_columns`. The statement must have no values but these.
    """
    if has_begun_writing():
        return session.connection().execute(statement, values).all()
    reader = runtime().reader
    return reader.rows(_compiled(reader, statement), values)


@cache
def _compiled(reader: Reader, statement: Select[*tuple[Any, ...]]) -> str:
    return reader.compile(statement)
