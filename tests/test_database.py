"""A test is left out of the second run only when nothing ever told it which database is under test."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import PROJECT_ROOT

CONFTEST = """
from pathlib import Path
from tests import database
from tests.database import pytest_addoption
from tests.not_run import NotRun

def pytest_configure(config):
    here = Path(__file__).parent
    database._door.kept = here / "untold.json"
    config.pluginmanager.register(NotRun(config, database.open_door(config), here, here / "kept"))
"""
SETTINGS = """
[tool.pytest]
strict = true
markers = ["only_on: one database", "more: other programs", "soak: hours", "slow: seconds"]
addopts = ["--import-mode=importlib"]
"""
SAMPLES = """
import os
import subprocess
import sys

import pytest

from tests.database import own_database, under_test

@pytest.fixture(scope="session")
def kind():
    return under_test()

@pytest.fixture(scope="module")
def built_on(kind):
    return kind

@pytest.mark.parametrize("n", [1, 2])
def test_pure(n):
    assert "TEST_DATABASE" not in os.environ

def test_asks():
    assert under_test() == "sqlite"

def test_has_a_database(tmp_path):
    with own_database(tmp_path, "own") as url:
        assert url.startswith("sqlite")

@pytest.mark.parametrize("n", [1, 2, 3])
def test_is_told_by_a_fixture(built_on, n):
    pass

@pytest.mark.parametrize("n", [1, 2])
def test_is_told_by_a_fixture_that_it_fetches(request, n):
    request.getfixturevalue("built_on")

def test_skips():
    pytest.skip("not here")

@pytest.mark.xfail
def test_is_known_to_fail():
    raise ValueError

@pytest.mark.only_on("sqlite", reason="is SQLite's")
def test_of_sqlite():
    pass

@pytest.mark.only_on("postgresql", reason="is PostgreSQL's")
def test_of_postgresql():
    raise ValueError
"""
# Plugins that would only cost time here.
WITHOUT = [f"-pno:{name}" for name in ("cacheprovider", "schemathesis", "hypothesispytest")]
UNTOLD = {"test_samples.py::test_pure[1]", "test_samples.py::test_pure[2]"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {"conftest.py": CONFTEST, "pyproject.toml": SETTINGS, "test_samples.py": SAMPLES}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def run(project: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and output of pytest in the folder."""
    command = [sys.executable, "-m", "pytest", "-q", *WITHOUT, *arguments]
    environment = {
        "PYTHONPATH": str(PROJECT_ROOT),
        "PATH": "",
        "TEST_DATABASE": "sqlite",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    answer = subprocess.run(command, check=False, cwd=project, env=environment, capture_output=True, text=True)
    return answer.returncode, answer.stdout + answer.stderr


def test_what_passed_untold_is_left_out_of_the_next_run_and_told(project: Path) -> None:
    code, told = run(project, "-n", "1")
    assert code == 0, told
    assert "10 passed, 2 skipped, 1 xfailed" in told
    assert set(json.loads((project / "untold.json").read_text())) == UNTOLD

    code, told = run(project, "--not-again")
    assert code == 0, told
    assert "8 passed, 2 skipped, 2 deselected, 1 xfailed" in told
    assert ["never told which database is under test", 2] in [
        line[:2] for line in json.loads((project / "kept" / "sqlite.json").read_text())
    ]


def test_a_run_that_failed_leaves_nothing_out_of_the_next_one(project: Path) -> None:
    (project / "untold.json").write_text(json.dumps(sorted(UNTOLD)))
    (project / "test_fails.py").write_text("def test_fails():\n    raise ValueError\n")
    assert run(project)[0] == pytest.ExitCode.TESTS_FAILED
    assert not (project / "untold.json").exists()


def test_a_list_serves_one_run_which_passes_also_when_nothing_is_left_in_it(project: Path) -> None:
    (project / "untold.json").write_text(json.dumps(sorted(UNTOLD)))
    code, told = run(project, "-k", "pure", "--not-again")
    assert code == 0, told

    code, told = run(project, "-k", "pure", "--not-again")
    assert (code, "no run on SQLite has just passed" in told) == (pytest.ExitCode.USAGE_ERROR, True), told


def test_no_module_asks_while_it_is_imported(project: Path) -> None:
    (project / "test_asks_early.py").write_text("from tests.database import under_test\nNAME = under_test()\n")
    code, told = run(project)
    assert (code, "Ask in a test or a fixture" in told) == (pytest.ExitCode.INTERRUPTED, True), told


def test_there_is_no_other_way_to_learn_which_database_is_under_test() -> None:
    doors = {"database.py", "postgres_server.py", "test_database.py"}
    for path in (PROJECT_ROOT / "tests").rglob("*.py"):
        if path.name not in doors:
            strings = {node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)}
            assert strings.isdisjoint({"TEST_DATABASE", "TEST_POSTGRES_URL"}), path
    assert "TEST_DATABASE" not in os.environ
