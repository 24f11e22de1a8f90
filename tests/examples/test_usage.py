"""Programs to copy, started without what they need: a line that says it, and no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.loading import CLIENTS, EXAMPLES
from tests.examples.playing import playing

NEEDED = {"SIMPUL_API", "SIMPUL_KEY", "SIMPUL_PASSWORD", "WEBHOOK_SECRET"}
PROGRAMS = sorted([*EXAMPLES.glob("*.py"), *CLIENTS.glob("*.py")])


def run(program: Path, folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in NEEDED}
    return subprocess.run(
        [sys.executable, str(program), *words],
        check=False, cwd=folder, env={**environment, **settings}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda each: each.name)
def test_a_program_without_its_settings_says_how_it_is_used(program: Path, tmp_path: Path) -> None:
    for words in ((), ("x", "y")):
        done = run(program, tmp_path, *words)
        assert done.returncode == 2, done.stderr
        assert done.stderr.startswith("usage: "), done.stderr
        assert "Traceback" not in done.stderr
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "words"), [("webhook_receiver.py", ("port", "file")), ("webhook_receiver.py", ("9000",))]
)
def test_arguments_that_mean_nothing_are_told_as_well(name: str, words: tuple[str, ...], tmp_path: Path) -> None:
    done = run(EXAMPLES / name, tmp_path, *words, WEBHOOK_SECRET="whsec_AAAA")
    assert (done.returncode, done.stderr.startswith("usage: ")) == (2, True)


def test_a_filter_without_a_value_is_told(tmp_path: Path) -> None:
    done = run(CLIENTS / "simpul_sync.py", tmp_path, "copy.db", "channel", SIMPUL_API="http://x", SIMPUL_KEY="smp_x")
    assert (done.returncode, done.stderr.startswith("usage: ")) == (2, True)


def test_an_unknown_filter_is_named(tmp_path: Path) -> None:
    refused = (
        b'{"title": "Bad request", "detail": "Some parameters are wrong.", "code": "invalid_parameter", '
        b'"errors": [{"parameter": "chanel", "code": "unknown", "detail": "Unknown. Allowed: channel."}]}'
    )
    with playing((400, {}, refused)) as (address, _asked):
        done = run(
            CLIENTS / "simpul_sync.py", tmp_path, "copy.db", "chanel=dpu", SIMPUL_API=address, SIMPUL_KEY="smp_x"
        )
    assert done.returncode == 1
    assert "chanel: Unknown. Allowed: channel." in done.stderr
