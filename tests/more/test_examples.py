"""The examples of the guides as they stand, beside `make run`: shell typed into one terminal, PHP and JavaScript saved and run."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.servers import running
from tests.more.programs import PHP
from tests.test_readme import PAGES, SERVER, blocks

# Ends the script at the first answer above 399 and at the first answer that lacks what the example takes from it.
STRICT = 'set -euo pipefail\ncurl() { command curl --show-error --fail "$@"; }\n'


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """A folder with `instance/` of a running server in it, and the server's port."""
    folder = tmp_path_factory.mktemp("terminal")
    (folder / "instance").mkdir()
    with running(folder / "instance") as (_process, port):
        yield folder, port


def test_every_php_example_runs_as_printed(beside: tuple[Path, int]) -> None:
    folder, _port = beside
    examples = [block for page in PAGES for block in blocks(page, "php")]

    for number, block in enumerate(examples):
        (folder / f"{number}.php").write_text(block, encoding="utf-8")
        _output([*PHP, f"{number}.php"], folder)

    assert len(examples) == 1


def test_every_javascript_example_runs_as_printed(beside: tuple[Path, int]) -> None:
    folder, _port = beside
    # What is exported is called by programs: tests/streams runs it.
    examples = [block for page in PAGES for block in blocks(page, "js") if "export " not in block]

    for number, block in enumerate(examples):
        (folder / f"{number}.mjs").write_text(block, encoding="utf-8")
        _output(["node", "--throw-deprecation", f"{number}.mjs"], folder)

    assert len(examples) == 3


def test_every_shell_example_runs_as_printed(beside: tuple[Path, int]) -> None:
    folder, port = beside
    for page in PAGES:
        commands = "\n".join(block for block in blocks(page, "sh") if "make run" not in block)
        script = commands.replace(SERVER, f"http://localhost:{port}").replace("/tmp/", f"{folder}/")  # noqa: S108
        answer = subprocess.run(
            ["bash", "-x", "-c", STRICT + script], check=False, cwd=folder, capture_output=True, text=True
        )
        assert answer.returncode == 0, f"{page}: {answer.stdout[-500:]}\n{answer.stderr[-1500:]}"


def test_the_printed_commands_work_as__printed(tmp_path: Path) -> None:
    with running(tmp_path) as (_process, port):
        told = _printed(tmp_path / "log")
        answers = [
            json.loads(subprocess.run(["/bin/sh", "-c", line], check=True, capture_output=True, text=True).stdout)
            for line in told.splitlines()
            if line.startswith(("curl ", "TOKEN="))
        ]
    posts, resolved, draft = answers
    assert len(posts["data"]) == 3
    assert resolved["data"]["status"] == "live"
    assert draft["data"]["state"] == "draft"
    kept = json.loads((tmp_path / "demo.json").read_text())
    assert kept["base_url"] == f"http://localhost:{port}"
    assert kept.keys() == {"base_url", "keys", "users"}
    for role in ("author", "agency_editor"):
        assert len({user["agency"] for user in kept["users"] if user["role"] == role}) >= 2


def _output(command: list[str], folder: Path) -> None:
    """What a program prints; it must print the titles of several posts, and nothing to complain about."""
    answer = subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True, timeout=60)
    assert (answer.returncode, answer.stderr) == (0, ""), answer.stdout + answer.stderr
    assert len(answer.stdout.strip()) > 40, answer.stdout


def _printed(log: Path) -> str:
    """What the server told, once it has told all."""
    for _ in range(100):
        if "Ctrl-C" in log.read_text():
            break
        time.sleep(0.05)
    return log.read_text()
