"""What a test run leaves out is said, never silent: the plugin behind `make test`, `make test-more` and `make soak`.

A test below tests/more/ gets the marker `more`, one below tests/soak/ the marker `soak`. pyproject.toml leaves both out unless
`-m` says otherwise. At the end of a run stands what was not run and why, and it is kept, so that `python -m tests.not_run`
prints one table for the runs on both databases. A run that asks for `more` or `soak` fails when one of its tests is skipped:
a missing program is an error there.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from config import PROJECT_ROOT

HERE = Path(__file__).resolve().parent
KEPT = PROJECT_ROOT / ".pytest_cache" / "not-run"
WHY = {
    "more": "need other programs: `make test-more` installs them and runs these",
    "soak": "take hours: `make soak`",
    "slow": "take more than five seconds: `make test`",
}
OTHERWISE = "left out by -m, -k or --deselect"
WHY_LEFT_OUT = pytest.StashKey[tuple[str, str]]()
"""Of a test that another plugin leaves out: which tests, and why."""
# One line: (which tests, how many, why).
Line = tuple[str, int, str]


class NotRun:
    """Marks tests by their folder, gathers what is left out or skipped from every process of the run, and tells it at the end."""

    def __init__(self, config: pytest.Config, database: str, tests: Path = HERE, kept: Path = KEPT) -> None:
        self.config, self.database, self.tests, self.kept = config, database, tests, kept
        self.left_out: Counter[tuple[str, str]] = Counter()
        self.skipped: Counter[tuple[str, str]] = Counter()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            name = _folder_marker(item.path, self.tests)
            if name is not None:
                item.add_marker(name)

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        for item in items:
            marker = next((name for name in WHY if item.get_closest_marker(name)), None)
            by_marker = (f"marked `{marker}`" if marker else "others", WHY.get(marker or "", OTHERWISE))
            self.left_out[item.stash.get(WHY_LEFT_OUT, by_marker)] += 1

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail") and isinstance(report.longrepr, tuple):
            self.skipped[(report.nodeid.partition("[")[0], report.longrepr[2].removeprefix("Skipped: "))] += 1

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """A process of pytest-xdist hands over what it left out; the main one judges and keeps."""
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput["left_out"] = [[*key, count] for key, count in self.left_out.items()]
            return
        if self.skipped and exitstatus == pytest.ExitCode.OK and self._asks_for_all():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Every process collects the same tests: the last one to end tells for all."""
        told = getattr(node, "workeroutput", {}).get("left_out", [])
        self.left_out = Counter({(which, why): count for which, why, count in told}) or self.left_out

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        lines = self.lines()
        if not self._asks_for_all():
            self.kept.mkdir(parents=True, exist_ok=True)
            (self.kept / f"{self.database}.json").write_text(json.dumps(lines))
        if lines:
            terminalreporter.section("not run")
            terminalreporter.write_line(table(lines))
        if self.skipped and self._asks_for_all():
            terminalreporter.write_line("FAILED: in this run nothing may be skipped; install what is missing", red=True)

    def lines(self) -> list[Line]:
        """What this run did not run."""
        left_out = {} if self._asks_for_all() else self.left_out
        lines = [(which, count, why) for (which, why), count in sorted(left_out.items())]
        return lines + [(test, count, f"skipped: {why}") for (test, why), count in sorted(self.skipped.items())]

    def _asks_for_all(self) -> bool:
        return self.config.getoption("markexpr") in {"more", "soak"}


@cache
def _folder_marker(path: Path, tests: Path) -> str | None:
    """The marker of every test in this file; asked for thousands of tests in hundreds of files, in every process."""
    return next((name for name in ("more", "soak") if (tests / name) in path.parents), None)


def table(lines: list[Line]) -> str:
    """The lines as columns: which tests, how many, why."""
    width = max((len(which) for which, _count, _why in lines), default=0)
    return "\n".join(f"  {which:<{width}}  {count:>5}  {why}" for which, count, why in lines)


def main() -> int:
    """Print one table of what the last run on each database left out."""
    lines: dict[tuple[str, str], tuple[int, list[str]]] = {}
    for database in ("sqlite", "postgresql"):
        for which, count, why in json.loads((KEPT / f"{database}.json").read_text()):
            most, databases = lines.get((which, why), (0, []))
            lines[(which, why)] = (max(most, count), [*databases, database])
    print("Not run by `make test`:")
    print(table([(which, count, f"{why} ({', '.join(where)})") for (which, why), (count, where) in lines.items()]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
