"""One proof for all writes: each commits once and tells the log, and one that fails at any statement leaves nothing behind.

Power may go at any moment (M-1): every scenario is run again and again, cut off before its first, second, ...
last statement and before its commit, and each time all tables must be as they were.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from cms.agencies import services as agencies
from cms.changes.models import Change
from cms.cli.application import operator
from cms.consumers import services as consumers
from cms.core.db import db, session
from cms.documents import services as documents
from cms.documents.files import received
from cms.editorial.items import services as editorial
from cms.posts.content import POST
from cms.taxonomy import services as taxonomy
from config import PROJECT_ROOT
from tests.access.world import TYPES, World
from tests.documents.samples import PDF
from tests.factories import NEWS, document_content, post_content, seen
from tests.service_scenarios import IN_STEPS_OF_ACCOUNTS, MODULES
from tests.writing.lock_watch import computed_under_the_lock

FIRST = frozenset({1})
CONTACT = {"name": "Pengelola", "email": "situs@balikpapan.example"}
Act = Callable[[], Any]
Scenario = Callable[[World], Act]


class PowerCutError(BaseException):
    """The test's own: the statement was not sent. Like a killed process nobody catches it, a queue that puts aside neither."""


def admin_of(world: World) -> Any:
    return world.callers["admin"].actor


def central_of(world: World) -> Any:
    return world.callers["central"].actor


def on_item(kind: str, state: str, act: Callable[..., Any], **named: Any) -> Scenario:
    """A service of the editorial feature on an item in this state."""

    def prepare(world: World) -> Act:
        item = world.item(kind, state)
        return lambda: act(TYPES[kind], central_of(world), item.id, seen(item), **named)

    return prepare


def create(kind: str, content: dict[str, Any]) -> Scenario:
    return lambda world: lambda: editorial.create_item(TYPES[kind], central_of(world), TYPES[kind].completed(content))


def create_agency(world: World) -> Act:
    values = {"slug": "badan-baru", "name": "Badan Baru", "short_name": "BB", "kind": "badan"}
    return lambda: agencies.create_agency(admin_of(world), values)


def update_agency(world: World) -> Act:
    slug = world.agency()
    return lambda: agencies.update_agency(admin_of(world), slug, FIRST, {"name": "Nama lain"})


def create_category(world: World) -> Act:
    return lambda: taxonomy.create_category(
        admin_of(world), {"slug": "banjir", "name_id": "Banjir", "name_en": "Floods"}
    )


def update_category(world: World) -> Act:
    slug = world.category()
    return lambda: taxonomy.update_category(admin_of(world), slug, FIRST, {"name_id": "Lain"})


def register_consumer(world: World) -> Act:
    values = {"name": "Situs", "kind": "website", "agency": "dpu", "contact": CONTACT}
    return lambda: consumers.register_consumer(admin_of(world), values)


def update_consumer(world: World) -> Act:
    consumer = world.consumer()
    return lambda: consumers.update_consumer(admin_of(world), consumer, FIRST, {"is_active": False})


def create_key(world: World) -> Act:
    consumer = world.consumer()
    return lambda: consumers.create_key(admin_of(world), consumer, label="Uji")


def on_key(act: Callable[..., Any]) -> Scenario:
    def prepare(world: World) -> Act:
        consumer, key = world.key()
        return lambda: act(admin_of(world), consumer, key, FIRST)

    return prepare


def add_file(world: World) -> Act:
    document = world.item("document")

    def act() -> None:
        with received([PDF], "renja.pdf") as upload:
            documents.add_file(central_of(world), document.id, upload)

    return act


def remove_file(world: World) -> Act:
    document, file, version = world.document_with_file()
    return lambda: documents.remove_file(central_of(world), document, file, frozenset({version}))


def publish_with_file(world: World) -> Act:
    document, _file, version = world.document_with_file()
    return lambda: editorial.publish_item(TYPES["document"], central_of(world), document, frozenset({version}))


def publish_again(world: World) -> Act:
    """A second edition takes the place of the first one."""
    item = world.item("post", "published")
    with world.app.app_context():
        edited = editorial.update_item(POST, central_of(world), item.id, {"tags": ["banjir"]}, seen(item)).item
    return lambda: editorial.publish_item(POST, central_of(world), item.id, seen(edited), **NEWS)


def change_published(world: World) -> Act:
    item = world.item("post", "published")
    return lambda: editorial.update_item(POST, central_of(world), item.id, {"title": "Lain"}, seen(item))


def replace(world: World) -> Act:
    item, content = world.item("post"), post_content(title="Lain")
    return lambda: editorial.replace_item(POST, central_of(world), item.id, content, seen(item))


def return_to_author(world: World) -> Act:
    item = world.item("post", "in_review")
    return lambda: editorial.return_item(POST, central_of(world), item.id, seen(item), "Mohon diperbaiki.")


SCENARIOS: dict[str, Scenario] = {
    "agencies.seed_agencies": lambda _world: lambda: agencies.seed_agencies(operator()),
    "agencies.create_agency": create_agency,
    "agencies.update_agency": update_agency,
    "taxonomy.seed_taxonomy": lambda _world: lambda: taxonomy.seed_taxonomy(operator()),
    "taxonomy.create_category": create_category,
    "taxonomy.update_category": update_category,
    "consumers.register_consumer": register_consumer,
    "consumers.update_consumer": update_consumer,
    "consumers.create_key": create_key,
    "consumers.rotate_key": on_key(consumers.rotate_key),
    "consumers.revoke_key": on_key(consumers.revoke_key),
    "editorial.create_item": create("post", post_content(areas=["64.71.06"], category="infrastruktur")),
    "editorial.create_item document": create("document", document_content(information_kinds=["BK-A"])),
    "editorial.update_item": change_published,
    "editorial.replace_item": replace,
    "editorial.submit_item": on_item("post", "draft", editorial.submit_item),
    "editorial.return_item": return_to_author,
    "editorial.publish_item": on_item("post", "draft", editorial.publish_item),
    "editorial.publish_item again": publish_again,
    "editorial.publish_item document with file": publish_with_file,
    "documents.add_file": add_file,
    "documents.remove_file": remove_file,
    **{name: scenario for module in MODULES for name, scenario in module.SCENARIOS.items()},
}

# What each says in its docstring: bookkeeping, no act of anybody.
SILENT = {name for module in MODULES for name in getattr(module, "SILENT", ())}
# Bookkeeping of one statement: there is nothing between it and the commit.
OF_ONE_STATEMENT = {
    "changes.note_moment",
    "consumers.write_key_uses",
    "core.take_back",
    "health.note_signing_key",
    "media.purge_images",
    "notifications.mark_read",
    "writing.purge_kept_answers",
}
# Each item in a transaction of its own: done again where it was cut off.
IN_STEPS = {"changes.retry_lines", "editorial.rebuild_again", *IN_STEPS_OF_ACCOUNTS}


@pytest.fixture
def world(app: Flask, client: FlaskClient) -> World:
    return World(app, client)


@contextmanager
def listening(target: str, hear: Callable[..., None]) -> Iterator[None]:
    engine = db.engine
    event.listen(engine, target, hear)
    try:
        yield
    finally:
        event.remove(engine, target, hear)


def rows_of(world: World) -> dict[str, Any]:
    """Every row; bytes may lie in the storage without a row until they are swept."""
    return {name: rows for name, rows in world.state().items() if name != "files"}


def public_services() -> Iterator[str]:
    """The public functions of every `services.py` and of the packages called `services`, and those of followers that write."""
    for path in sorted((PROJECT_ROOT / "cms").glob("*/**/*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and is_service(path, node):
                yield f"{feature_of(path)}.{node.name}"


def feature_of(path: Path) -> str:
    """The folder below cms/ that a module is in."""
    return path.relative_to(PROJECT_ROOT / "cms").parts[0]


def is_service(path: Path, function: ast.FunctionDef) -> bool:
    if path.name == "services.py" or path.parent.name == "services":
        return True
    opened = (item.context_expr for node in ast.walk(function) if isinstance(node, ast.With) for item in node.items)
    opens = any(ast.unparse(each).startswith(("unit_of_work(", "editing(")) for each in opened)
    return path.name == "followers.py" and opens


def test_every_service_has_a_scenario() -> None:
    assert sorted({*public_services()} - IN_STEPS - OF_ONE_STATEMENT) == sorted({name.split()[0] for name in SCENARIOS})


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_write_commits_once_tells_the_log_and_computes_nothing_while_others_wait(
    app: Flask, world: World, name: str
) -> None:
    act = SCENARIOS[name](world)
    commits: list[object] = []

    with app.app_context():
        before = session.scalar(select(func.count()).select_from(Change))
        with listening("commit", commits.append), computed_under_the_lock() as computed:
            act()
        after = session.scalar(select(func.count()).select_from(Change))

    assert len(commits) == 1
    assert (after or 0) > (before or 0) or name in SILENT
    assert computed == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_write_cut_off_at_any_statement_leaves_nothing(app: Flask, world: World, name: str) -> None:
    act = SCENARIOS[name](world)
    before = rows_of(world)

    with app.app_context():
        statements = 0
        while cut_off_before(act, statements):
            session.remove()
            assert rows_of(world) == before, f"cut off before statement {statements + 1}"
            statements += 1
    # The last run went through: it was not cut off any more.
    assert statements >= 3
    assert rows_of(world) != before


def cut_off_before(act: Act, number: int) -> bool:
    """Run it with power for `number` statements (the commit is the last one); False when that was enough."""
    left = number

    def spend(*_what: Any) -> None:
        nonlocal left
        if left == 0:
            raise PowerCutError
        left -= 1

    def cut(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            spend()

    with listening("before_cursor_execute", cut), listening("commit", spend):
        try:
            act()
        except PowerCutError:
            return True
    return False
