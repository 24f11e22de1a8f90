"""Strict JSON (R-H6): refuses input that other parsers read differently or that a database cannot store."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from cms.core.characters import SURROGATES
from cms.core.errors import BadRequest

DEEPEST_NESTING = 32
MOST_NODES = 10_000
LARGEST_INTEGER = 2**53 - 1
LONGEST_PLACE = 200
"""Characters of a pointer that an error repeats: a name can be a megabyte long."""
_TOO_LARGE_INTEGER = "an integer is beyond 2^53"
_NOT_KEPT = re.compile(f"[\x00{SURROGATES}]")


Place = tuple["Place", str | int] | None
"""Where a value stands: the place of what it is in, and its name or number there."""


def parse_json(body: bytes) -> Any:
    """Parse UTF-8 JSON. Raises `BadRequest("malformed_json")` that says what is wrong and where."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        _refuse("it is not UTF-8")
    if text.startswith("\ufeff"):
        _refuse("it starts with a byte order mark")
    try:
        value = json.loads(text, object_pairs_hook=_Objects().unique_names, parse_constant=_refuse_constant)
    except RecursionError:
        _refuse(f"it is nested deeper than {DEEPEST_NESTING} levels")
    except json.JSONDecodeError as error:
        _refuse(f"{error.msg} at line {error.lineno} column {error.colno}")
    except ValueError:
        # Python reads no integer of more than 4,300 digits.
        _refuse(_TOO_LARGE_INTEGER)
    _check(value)
    return value


def _refuse(reason: str) -> NoReturn:
    raise BadRequest("malformed_json", reason=reason)


def _refuse_constant(name: str) -> NoReturn:
    _refuse(f"{name} is not a JSON number")


class _Objects:
    """Counts the objects and names of one body while they are read: a megabyte has room for half a million."""

    def __init__(self) -> None:
        self._count = 0

    def unique_names(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """The object. Raises `BadRequest` for the same name twice and for too many objects."""
        self._count += 1 + len(pairs)
        if self._count > MOST_NODES:
            _refuse(f"it has more than {MOST_NODES} values")
        found = dict(pairs)
        if len(found) != len(pairs):
            _refuse("an object has the same name twice")
        return found


def _check(value: Any) -> None:
    """Bound depth and size, and refuse text that no database can store (NUL, lone surrogates)."""
    nodes = 1
    pending: list[tuple[Any, int, Place]] = [(value, 1, None)]
    while pending:
        item, depth, place = pending.pop()
        if depth > DEEPEST_NESTING:
            _refuse(f"it is nested deeper than {DEEPEST_NESTING} levels")
        if isinstance(item, dict | list):
            # Counted before the entries are read: a list of half a million is refused at once.
            nodes += len(item) * (2 if isinstance(item, dict) else 1)
            if nodes > MOST_NODES:
                _refuse(f"it has more than {MOST_NODES} values")
            named = item.items() if isinstance(item, dict) else enumerate(item)
            pending += [(child, depth + 1, (place, name)) for name, child in named]
            if isinstance(item, dict):
                pending += [(name, depth + 1, place) for name in item]
        else:
            _check_value(item, place)


def _check_value(value: Any, place: Place) -> None:
    if isinstance(value, str):
        if (found := _NOT_KEPT.search(value)) is not None:
            where = f"U+{ord(found[0]):04X} at character {found.start() + 1} of {_pointer(place)}"
            _refuse(f"a string has NUL or a lone surrogate ({where})")
    elif isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        _refuse(_TOO_LARGE_INTEGER)
    elif isinstance(value, float) and value in (float("inf"), float("-inf")):
        _refuse("a number is out of range")


def _pointer(place: Place) -> str:
    """The place as RFC 6901 writes it, at most its last 200 characters."""
    steps: list[str] = []
    while place is not None:
        place, name = place
        steps.append(_NOT_KEPT.sub("?", str(name)[-LONGEST_PLACE:]).replace("~", "~0").replace("/", "~1"))
    return "/".join(["", *reversed(steps)])[-LONGEST_PLACE:] or "the body"
