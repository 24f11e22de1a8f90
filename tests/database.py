"""The database under test, behind one door, and which tests went through it.

`TEST_DATABASE` chooses `sqlite` (default) or `postgresql`. A test learns it here alone: from a fixture that stands on
`database_url`, from `under_test()` or from `own_database()`. The variable is taken out of the environment, so no process that
a test starts sees it. A test that passed without having been told would do the same with the other database, so the run on
PostgreSQL in `make test` leaves it out (`--not-again`); a run without that option leaves out nothing.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from config import PROJECT_ROOT
from tests.not_run import WHY_LEFT_OUT
from tests.postgres_server import SERVER_VARIABLE, scratch_database, serve_session

VARIABLE, NAMES = "TEST_DATABASE", ("sqlite", "postgresql")
KEPT = PROJECT_ROOT / ".pytest_cache" / "passed-untold.json"
WHY_NOT_AGAIN = ("never told which database is under test", "do the same with either: passed with SQLite just before")
TOLD = ("told", "database")


def under_test() -> str:
    """Which database the running test is about: `sqlite` or `postgresql`."""
    return _door.tell()


@contextmanager
def own_database(folder: Path, label: str, copied_from: str | None = None) -> Iterator[str]:
    """The URL of a new database of the kind under test: empty, or a copy of the one at this URL; SQLite's lies in `folder`."""
    if under_test() == "sqlite":
        path = folder / f"{label}.db"
        if copied_from is not None and not path.exists():
            shutil.copy2(copied_from.removeprefix("sqlite:///"), path)
        yield f"sqlite:///{path}"
        return
    with scratch_database(os.environ[SERVER_VARIABLE], label, copied_from) as url:
        yield url


class Door:
    """The plugin that tells tests which database they are about, and notes whom it told."""

    def __init__(self, kept: Path = KEPT) -> None:
        self.kept = kept
        self.name = NAMES[0]
        self.item: pytest.Item | None = None
        self.being_made: list[pytest.FixtureDef[Any]] = []
        self.told_fixtures: set[pytest.FixtureDef[Any]] = set()
        self.untold: dict[str, bool] = {}

    def tell(self) -> str:
        """The name; the running test, and every fixture that is being made for it, has been told."""
        if self.item is None:
            raise RuntimeError("Ask in a test or a fixture: nobody knows which tests an import is for.")
        self.told_fixtures.update(self.being_made)
        self._note(self.item)
        return self.name

    def open(self, config: pytest.Config) -> None:
        """Take the name out of the environment; processes of pytest-xdist get it from the main one."""
        given = getattr(config, "workerinput", {}).get(VARIABLE)
        self.name = given or os.environ.pop(VARIABLE, NAMES[0])
        if self.name not in NAMES:
            raise pytest.UsageError(f"{VARIABLE} is one of {NAMES}")
        if config.getoption("not_again") and not self.kept.exists():
            raise pytest.UsageError("--not-again: no run on SQLite has just passed")
        config.pluginmanager.register(self)
        if self.name == "postgresql" and given is None:
            serve_session(config)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput[VARIABLE] = self.name

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        for item in items:
            for marker in item.iter_markers("only_on"):
                self._note(item)
                if marker.args[0] != self.name:
                    item.add_marker(pytest.mark.skip(reason=marker.kwargs["reason"]))
        if config.getoption("not_again"):
            passed = set(json.loads(self.kept.read_text()))
            again = [item for item in items if item.nodeid in passed]
            for item in again:
                item.stash[WHY_LEFT_OUT] = WHY_NOT_AGAIN
            config.hook.pytest_deselected(items=again)
            items[:] = [item for item in items if item.nodeid not in passed]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self.item = item
        try:
            return (yield)
        finally:
            self.item = None

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
        self.being_made.append(fixturedef)
        try:
            return (yield)
        finally:
            self.being_made.pop()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Function) -> None:
        """What a fixture of a module or of the session was told, every test that uses it knows."""
        used: dict[str, pytest.FixtureDef[Any]] = item._request._fixture_defs
        if not self.told_fixtures.isdisjoint(used.values()):
            self._note(item)

    def _note(self, item: pytest.Item) -> None:
        if TOLD not in item.user_properties:
            item.user_properties.append(TOLD)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """In the main process: each of the three reports of a test must say that it passed, the last one who was told."""
        is_untold = report.passed and TOLD not in map(tuple, report.user_properties)
        self.untold[report.nodeid] = self.untold.get(report.nodeid, True) and is_untold

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Keep the list of a run on SQLite that passed; it serves one run with `--not-again`."""
        if hasattr(session.config, "workerinput"):
            return
        is_again = session.config.getoption("not_again")
        if is_again and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and json.loads(self.kept.read_text()):
            session.exitstatus = pytest.ExitCode.OK
        self.kept.unlink(missing_ok=True)
        if self.name == "sqlite" and exitstatus == pytest.ExitCode.OK and not is_again:
            self.kept.parent.mkdir(parents=True, exist_ok=True)
            self.kept.write_text(json.dumps([test for test, is_untold in self.untold.items() if is_untold]))


_door = Door()


def pytest_addoption(parser: pytest.Parser) -> None:
    """For tests/conftest.py."""
    parser.addoption(
        "--not-again", action="store_true", help="leave out what passed on SQLite untold (tests/database.py)"
    )


def open_door(config: pytest.Config) -> str:
    """For `pytest_configure` in tests/conftest.py; the name of the database under test."""
    _door.open(config)
    return _door.name
