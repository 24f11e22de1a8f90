"""What a run leaves out is told at its end, and a run for other programs fails when one of its tests is skipped."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from config import PROJECT_ROOT

CONFTEST = """
from pathlib import Path
from tests.not_run import NotRun

def pytest_configure(config):
    here = Path(__file__).parent
    config.pluginmanager.register(NotRun(config, "sqlite", here, here / "kept"))
"""
SETTINGS = """
[tool.pytest]
strict = true
markers = ["more: other programs", "soak: hours", "slow: seconds"]
addopts = ["-m=not more and not soak", "--import-mode=importlib"]
"""
# Plugins that would only cost time here.
WITHOUT = [f"-pno:{name}" for name in ("cacheprovider", "schemathesis", "hypothesispytest")]
PASSES = "def test_{}():\n    pass\n"
SKIPS = (
    'import pytest\n\n@pytest.mark.parametrize("n", [1, 2])\ndef test_skips(n):\n    pytest.skip("no such program")\n'
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {
        "conftest.py": CONFTEST,
        "pyproject.toml": SETTINGS,
        "test_plain.py": PASSES.format("plain") + SKIPS,
        "more/test_proxy.py": PASSES.format("proxy") + PASSES.format("proxies"),
        "soak/test_hours.py": PASSES.format("hours"),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def run(project: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and output of pytest in the folder."""
    command = [sys.executable, "-m", "pytest", "-q", *WITHOUT, *arguments]
    environment = {"PYTHONPATH": str(PROJECT_ROOT), "PATH": "", "PYTHONDONTWRITEBYTECODE": "1"}
    answer = subprocess.run(command, check=False, cwd=project, env=environment, capture_output=True, text=True)
    return answer.returncode, answer.stdout + answer.stderr


@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_run_ends_with_a_table_of_what_it_did_not_run(project: Path, processes: str) -> None:
    code, told = run(project, "-n", processes)

    assert code == 0, told
    kept = [tuple(line) for line in json.loads((project / "kept" / "sqlite.json").read_text())]
    assert [(which, count) for which, count, _why in kept] == [
        ("marked `more`", 2),
        ("marked `soak`", 1),
        ("test_plain.py::test_skips", 2),
    ]
    assert all(which in told and why in told for which, _count, why in kept)
    assert "make test-more" in told
    assert "no such program" in told


@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_run_with_other_programs_runs_those_tests_alone_and_refuses_to_skip(project: Path, processes: str) -> None:
    code, told = run(project, "-n", processes, "-m", "more")
    assert (code, "2 passed" in told) == (0, True), told
    assert not (project / "kept").exists()

    (project / "more" / "test_proxy.py").write_text(SKIPS)
    code, told = run(project, "-n", processes, "-m", "more")
    assert code == 1, told
    assert "nothing may be skipped" in told
