"""Statements of the hot path of writers, compiled once for each database.

SQLAlchemy looks up, converts and wraps again at each execution: for a small statement that costs several times as much as the database's
work. Here the text and the conversions of values are found once. Errors, events and transactions stay SQLAlchemy's. The bench scenario
`publish` shows what it buys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, CursorResult, Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

from cms.core.reading import named_dialect

Values = Mapping[str, Any]
Convert = Callable[[Any], Any]


def insert_for(dialect: Dialect, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that may say what happens on a conflict: the databases have it, the standard has not."""
    return sqlite.insert(table) if dialect.name == "sqlite" else postgresql.insert(table)


class _Text(NamedTuple):
    """SQL with named values, the values that are always the same, and what converts the others for the driver."""

    sql: str
    fixed: dict[str, Any]
    converters: Sequence[tuple[str, Convert]]

    def converted(self, values: Values) -> dict[str, Any]:
        found = {**self.fixed, **values}
        for name, convert in self.converters:
            found[name] = convert(found[name])
        return found


class CompiledStatement:
    """A statement whose values are given by name. Results are the driver's: see `cms.core.raw_columns`.

    `columns` are those that an INSERT or UPDATE without values of its own writes. `build` is a statement, or makes one for a dialect
    (where the databases have different ones).
    """

    def __init__(
        self, build: ClauseElement | Callable[[Dialect], ClauseElement], columns: Iterable[str] | None = None
    ) -> None:
        self._build = build
        self._columns = None if columns is None else list(columns)
        self._texts: dict[str, _Text] = {}

    def run(self, connection: Connection, values: Values | Sequence[Values]) -> CursorResult[Any]:
        """Execute it once, or once for each of a sequence of values."""
        dialect = connection.dialect
        text = self._texts.get(dialect.name)
        if text is None:
            text = self._texts[dialect.name] = self._compiled(dialect)
        if isinstance(values, Mapping):
            return connection.exec_driver_sql(text.sql, text.converted(values))
        return connection.exec_driver_sql(text.sql, [text.converted(each) for each in values])

    def _compiled(self, dialect: Dialect) -> _Text:
        statement = self._build if isinstance(self._build, ClauseElement) else self._build(dialect)
        compiled = cast("SQLCompiler", statement.compile(dialect=named_dialect(dialect), column_keys=self._columns))
        fixed: dict[str, Any] = {}
        converters: dict[str, Convert] = {}
        for bind, name in compiled.bind_names.items():
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if not bind.required:
                fixed[name] = convert(bind.effective_value) if convert else bind.effective_value
            elif convert:
                converters[name] = convert
        return _Text(str(compiled), fixed, list(converters.items()))
