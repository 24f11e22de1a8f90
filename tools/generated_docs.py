"""The generated blocks of docs/*.md. Each is a function of the code alone, so the same code always gives the same text.

A block stands between `<!-- generated: NAME -->` and `<!-- /generated -->`; what is around it is written by people.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING, fields
from functools import cache
from pathlib import Path
from typing import Any

from flask import current_app

from cms.changes.actions import is_public, topic_of
from cms.cli import COMMANDS
from cms.core.db import Base
from cms.core.http.messages import PROBLEMS, RULES, Text
from cms.core.http.messages.cures import cure_of
from cms.core.http.messages.warnings import WARNINGS
from cms.core.http.openapi_answers import METHODS
from cms.core.http.problems import CODE_BY_STATUS, STATUS_BY_CLASS
from cms.core.permissions import OF_EVERY_PERSON, PERMISSION_MAP, Predicate, Role
from cms.editorial.content_types import known_actions
from cms.editorial.items.models import State
from cms.editorial.items.policies import OPERATION_RULES, STATE_AFTER_EDIT, Operation
from cms.extensions import api
from config import PROJECT_ROOT, Settings

EVERYBODY = "everybody who is signed in"
_BLOCK = re.compile(r"(<!-- generated: ([a-z_]+) -->\n).*?(<!-- /generated -->)", re.DOTALL)
# The state that an operation leads to; those that are missing leave it as it is, or it depends (`_state_after`).
LEADS_TO = {
    Operation.DELETE: State.TRASHED.value,
    Operation.SUBMIT: State.IN_REVIEW.value,
    Operation.RETURN: State.RETURNED.value,
    Operation.APPROVE: State.APPROVED.value,
    Operation.PUBLISH: State.PUBLISHED.value,
    Operation.SCHEDULE: State.SCHEDULED.value,
    Operation.UNPUBLISH: State.UNPUBLISHED.value,
    Operation.DISCARD: "published, unpublished",
    Operation.ARCHIVE: State.ARCHIVED.value,
    Operation.RESTORE: "*as before*",
    Operation.TRASH: State.TRASHED.value,
    Operation.PURGE: "*no more*",
}
# Answers that are built without an error class.
OTHER_STATUSES = {"internal_error": {500}, "untrusted_host": {400}}


def rendered(page: str, text: str) -> str:
    """The text of a page of docs/ with its blocks as the code gives them. Raises `ValueError` for a missing block."""
    blocks = PAGES[page]
    if missing := blocks.keys() - {match[2] for match in _BLOCK.finditer(text)}:
        raise ValueError(f"docs/{page} has no block {', '.join(sorted(missing))}")
    return _BLOCK.sub(lambda match: f"{match[1]}\n{blocks[match[2]]().strip()}\n\n{match[3]}", text)


def problems() -> str:
    """Every problem code under its own heading: the `type` of a problem leads there."""
    return "\n\n".join(
        f"### {code}\n\n{_statuses(code)} · **{problem.title.en}** · {problem.title.id}\n\n{_both(problem.detail)}\n\n"
        f"{_what_to_do(cure_of(code, min(_found_statuses()[code])))}"
        for code, problem in PROBLEMS.items()
    )


def _statuses(code: str) -> str:
    return " or ".join(str(status) for status in sorted(_found_statuses()[code]))


def _what_to_do(cure: Text) -> str:
    return f"What to do: {cure.en}\n\n*Tindakan: {cure.id}*"


def _both(text: Text) -> str:
    return f"{text.en}\n\n*{text.id}*"


def rules() -> str:
    """The codes inside `errors`."""
    return _table(("Code", "English", "Indonesian"), ((f"`{code}`", text.en, text.id) for code, text in RULES.items()))


def warnings() -> str:
    """The codes of warnings that have words of their own."""
    return _table(
        ("Code", "English", "Indonesian"), ((f"`{code}`", text.en, text.id) for code, text in WARNINGS.items())
    )


def settings() -> str:
    """Every setting with its default."""
    return _table(
        ("Variable", "Default", "Meaning"),
        ((f"`{each.name.upper()}`", _default(each.default), each.metadata["meaning"]) for each in fields(Settings)),
    )


def _default(value: Any) -> str:
    if value in ("", (), MISSING):
        return ""
    if isinstance(value, tuple):
        return f"`{','.join(value)}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def commands() -> str:
    """The command line."""
    return _table(("Command", "What it does"), ((f"`{name}`", line) for name, (_, line) in sorted(COMMANDS.items())))


def permissions() -> str:
    """Who may do what, from the permission map."""
    rows = (
        (f"`{permission}`", EVERYBODY if permission in OF_EVERY_PERSON else _holders(rights))
        for permission, rights in PERMISSION_MAP.items()
    )
    places = {where for rights in PERMISSION_MAP.values() for _, where in rights}
    legend = (
        f"- *{_words(place)}*: {inspect.getdoc(place)}" for place in sorted(places, key=lambda place: place.__name__)
    )
    return f"{_table(('Permission', 'Who, and where'), rows)}\n\n" + "\n".join(legend)


def _holders(rights: Iterable[tuple[Role, Predicate]]) -> str:
    return ", ".join(f"`{role}` {_words(where)}" for role, where in rights)


def _words(predicate: Callable[..., bool]) -> str:
    return predicate.__name__.replace("_", " ")


def paths() -> str:
    """Every operation of the API, from the OpenAPI document."""
    rows = (
        (method.upper(), f"`{path}`", operation["summary"].rstrip("."))
        for path, operations in sorted(api.document(current_app)["paths"].items())
        for method, operation in operations.items()
        if method in METHODS
    )
    return _table(("Method", "Path", "What it does"), rows)


def actions() -> str:
    """The closed list of the change log's actions."""
    rows = (
        (f"`{action.value}`", "public" if is_public(action) else "internal", topic_of(action) or "")
        for action in known_actions()
    )
    return _table(("Action", "Who may learn of it", "Topic whose answers it changes"), rows)


def states() -> str:
    """Operations on items and where they lead, from the policies of editorial: a row per operation, a column per state."""
    rows = (
        (
            f"`{operation}`",
            f"`{rule.permission}`",
            *(_state_after(operation, state) if state in rule.states else "" for state in State),
        )
        for operation, rule in OPERATION_RULES.items()
    )
    return _table(("Operation", "Permission", *(f"`{state}`" for state in State)), rows)


def _state_after(operation: Operation, state: State) -> str:
    if operation is Operation.EDIT:
        after: str = STATE_AFTER_EDIT[state]
    elif state is State.PUBLISHED and operation is Operation.SCHEDULE:
        after = state
    elif state is State.SCHEDULED and operation in (Operation.UNSCHEDULE, Operation.UNPUBLISH):
        return "*as before*"
    elif state is not State.PUBLISHED and operation is Operation.UNPUBLISH:
        after = state
    else:
        after = LEADS_TO.get(operation, state)
    return "stays" if after == state else after


def tables() -> str:
    """Every table with the first sentence of its model."""
    models = sorted((mapper.class_ for mapper in Base.registry.mappers), key=lambda model: model.__tablename__)
    return _table(
        ("Table", "Code", "What a row is"),
        ((f"`{model.__tablename__}`", f"`{model.__module__}`", _first_sentence(model)) for model in models),
    )


def _first_sentence(model: type[Any]) -> str:
    return (inspect.getdoc(model) or "").split("\n\n")[0].replace("\n", " ").split(". ")[0].rstrip(".") + "."


RAISED_BY_OTHERS = {"redirected": {410}, "unsupported_file_type": {415}}
"""Statuses of codes that are handed to a function, which makes the error."""


@cache
def _found_statuses() -> dict[str, set[int]]:
    """Status codes of each problem code: from the tables of cms.core.http.problems, and from where the errors are raised."""
    found = {code: set(statuses) for code, statuses in (RAISED_BY_OTHERS | OTHER_STATUSES).items()}
    named = {kind.__name__: status for kind, status in STATUS_BY_CLASS.items()}
    pairs = [(code, status) for status, code in CODE_BY_STATUS.items()]
    pairs += [(kind.default_code, status) for kind, status in STATUS_BY_CLASS.items()]
    pairs += [pair for path in sorted((PROJECT_ROOT / "cms").rglob("*.py")) for pair in _raised(path, named)]
    for code, status in pairs:
        found.setdefault(code, set()).add(status)
    return found


def _raised(path: Path, named: dict[str, int]) -> Iterator[tuple[str, int]]:
    """(code, status) of every `NotFound("code")` and its like in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        first = node.args[0]
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in named and isinstance(first, ast.Constant) and first.value in PROBLEMS:
            yield str(first.value), named[name]


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)


PAGES: dict[str, dict[str, Callable[[], str]]] = {
    "errors.md": {"problems": problems, "rules": rules, "warnings": warnings},
    "operations.md": {"settings": settings, "commands": commands},
    "api.md": {"permissions": permissions},
    "paths.md": {"paths": paths},
    "model.md": {"actions": actions, "states": states, "tables": tables},
}
