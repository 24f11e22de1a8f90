"""Guards over the source: where transactions may be, how long things may get, and that every route says who may call it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from cms.core.http.access import access_of
from config import PROJECT_ROOT

SOURCES = sorted((PROJECT_ROOT / "cms").rglob("*.py"))
IN_SOURCES = frozenset(SOURCES)
OTHERS = sorted(
    [
        *PROJECT_ROOT.glob("*.py"),
        *(PROJECT_ROOT / "bench").rglob("*.py"),
        *(PROJECT_ROOT / "tools").rglob("*.py"),
        *Path(__file__).parent.rglob("*.py"),
    ]
)
LONGEST_FILE = 300
LONGEST_FUNCTION = 30
LONGEST_FILE_OF_TESTS = 320
LONGEST_TEST = 40
LONGEST_VIEW = 12
# Where the unit of work, and the transaction that several of them share, are committed.
TRANSACTIONS = {"cms/core/db.py", "cms/core/transactions.py"}
# Opens the unit of work of a service that changes one item.
EDITING = "cms/editorial/editing.py"
VERBS = {"get", "post", "put", "patch", "delete", "head"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return path.relative_to(PROJECT_ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    """What a file says; that of the application is parsed once for all rules."""
    return _kept_tree(path) if path in IN_SOURCES else _parsed(path)


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


_kept_tree = cache(_parsed)


@pytest.fixture(scope="module", autouse=True)
def trees() -> Iterator[None]:
    """A hundred megabytes, which the tests of other files have no use for."""
    yield
    _kept_tree.cache_clear()


def functions(path: Path) -> list[Function]:
    """All functions of a file, those inside of others too."""
    return [node for node in ast.walk(tree(path)) if isinstance(node, Function)]


def calls(node: ast.AST, name: str) -> int:
    """How often the function or method `name` is called below this node."""
    found = [each.func for each in ast.walk(node) if isinstance(each, ast.Call)]
    return sum(getattr(each, "id", getattr(each, "attr", None)) == name for each in found)


def units_opened(node: ast.AST) -> int:
    """How often a unit of work is opened below this node, by itself or for an item."""
    return calls(node, "unit_of_work") + calls(node, "editing")


def lines_of_code(function: Function) -> int:
    """Lines of the body, without the docstring."""
    first = function.body[1] if ast.get_docstring(function) and len(function.body) > 1 else function.body[0]
    return (function.end_lineno or 0) - first.lineno + 1


def is_view(function: Function) -> bool:
    """True when a decorator puts the function at an address."""
    return any(
        isinstance(each, ast.Call) and getattr(each.func, "attr", None) == "route" for each in function.decorator_list
    )


def is_service_file(path: Path) -> bool:
    """`services.py`, or a file of a package `services` with one file for each subject."""
    return path.name == "services.py" or path.parent.name == "services"


def is_writer(path: Path) -> bool:
    """What follows the log writes as well: the position with what the lines ask for."""
    return is_service_file(path) or path.name == "followers.py"


def test_only_the_unit_of_work_commits_and_rolls_back() -> None:
    offenders = [
        name_of(path)
        for path in SOURCES
        if name_of(path) not in TRANSACTIONS and calls(tree(path), "commit") + calls(tree(path), "rollback")
    ]

    assert offenders == []


def test_units_of_work_are_opened_only_by_services_and_followers() -> None:
    openers = {path for path in SOURCES if units_opened(tree(path)) and name_of(path) != EDITING}

    assert [name_of(path) for path in openers if not is_writer(path)] == []


def test_the_ground_of_core_knows_neither_http_nor_storage() -> None:
    """`cms.core.runtime` lists what an application owns, and the storage is part of that."""
    offenders = [
        f"{name_of(path)} imports {node.module}"
        for path in sorted((PROJECT_ROOT / "cms/core").glob("*.py"))
        if path.name != "runtime.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("cms.core.http", "cms.core.storage"))
    ]

    assert offenders == []


def test_only_writing_at_scale_joins_units_of_work() -> None:
    """Who commits several writes together decides when each is kept: one feature does that (decision 14)."""
    openers = {name_of(path) for path in SOURCES if calls(tree(path), "one_transaction")}

    assert openers == {"cms/writing/batch.py", "cms/writing/carrying_out.py"}


def test_every_service_opens_exactly_one_unit_of_work() -> None:
    opened = {
        f"{name_of(path)}:{function.name}": units_opened(function)
        for path in SOURCES
        if is_service_file(path)
        for function in tree(path).body
        if isinstance(function, Function) and not function.name.startswith("_")
    }

    assert len(opened) > 40
    assert {name: count for name, count in opened.items() if count != 1} == {}


def test_no_function_opens_a_second_unit_of_work() -> None:
    doubles = [
        f"{name_of(path)}:{function.name}"
        for path in SOURCES
        for function in functions(path)
        if units_opened(function) > 1
    ]

    assert doubles == []


def test_services_do_not_call_services_of_another_feature() -> None:
    """What services share takes the unit; a service that calls another one would open a second transaction."""
    offenders = [
        f"{name_of(path)} imports {node.module}"
        for path in SOURCES
        if is_service_file(path)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and "services" in (node.module or "").split(".")
    ]

    assert offenders == []


def too_long(path: Path) -> Iterator[str]:
    """The file and those of its functions that do not fit into a head."""
    is_test = path.is_relative_to(Path(__file__).parent)
    longest_file, longest = (LONGEST_FILE_OF_TESTS, LONGEST_TEST) if is_test else (LONGEST_FILE, LONGEST_FUNCTION)
    lines = path.read_text(encoding="utf-8").count("\n")
    if lines > longest_file:
        yield f"{name_of(path)} ({lines})"
    yield from (
        f"{name_of(path)}:{each.name} ({lines_of_code(each)})"
        for each in functions(path)
        if lines_of_code(each) > longest
    )


def test_files_and_functions_fit_into_a_head() -> None:
    assert len(SOURCES) > 700
    assert [line for path in (*SOURCES, *OTHERS) for line in too_long(path)] == []


def test_views_only_translate_between_http_and_the_domain() -> None:
    views = [(path, each) for path in SOURCES for each in functions(path) if is_view(each)]
    long = [f"{name_of(path)}:{each.name} ({lines_of_code(each)})" for path, each in views]

    assert len(views) > 150
    assert [line for line, (_path, each) in zip(long, views, strict=True) if lines_of_code(each) > LONGEST_VIEW] == []


def test_every_public_thing_says_what_it_is() -> None:
    """Every module; ruff's D1 rules watch the rest."""
    silent = [name_of(path) for path in SOURCES if path.name != "__init__.py" and not ast.get_docstring(tree(path))]

    assert silent == []


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    undeclared = [rule.rule for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint) is None]

    assert undeclared == []


def test_no_two_routes_answer_the_same_address(app: Flask) -> None:
    seen = [
        (rule.rule, verb) for rule in app.url_map.iter_rules() for verb in (rule.methods or ()) if verb.lower() in VERBS
    ]

    assert len(seen) == len(set(seen))


ITEM = PROJECT_ROOT / "cms" / "editorial" / "items" / "models" / "item.py"


def lifecycle_columns() -> set[str]:
    """What the methods of `Item` assign."""
    item = next(node for node in ast.walk(tree(ITEM)) if isinstance(node, ast.ClassDef) and node.name == "Item")
    return {attribute.attr for attribute in assigned_attributes(item) if getattr(attribute.value, "id", "") == "self"}


def assigned_attributes(node: ast.AST) -> Iterator[ast.Attribute]:
    for each in ast.walk(node):
        if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store | ast.Del):
            yield each


def test_only_an_item_itself_assigns_its_lifecycle() -> None:
    names = lifecycle_columns()
    assert {"state", "published_edition", "publish_at", "approved_by_id", "comment", "hold"} <= names
    strangers = [
        f"{name_of(path)} line {attribute.lineno}: {ast.unparse(attribute)}"
        for path in SOURCES
        if path != ITEM
        for attribute in assigned_attributes(tree(path))
        if attribute.attr in names and ast.unparse(attribute.value).rpartition(".")[2] in {"item", "items"}
    ]
    assert strangers == []


def test_migrations_stand_in_one_line() -> None:
    """Two people may have taken the same next number: then no database can be migrated at all."""
    names = sorted(path.name for path in (PROJECT_ROOT / "migrations" / "versions").glob("*.py"))

    assert [name.partition("_")[0] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]
