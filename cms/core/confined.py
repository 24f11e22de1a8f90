"""Gives a file to a program of ours that reads it in a limited process (confinement.py), which ends with its task."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

from cms.core.logging import get_logger

log = get_logger(__name__)

CONFINEMENT: Final = Path(__file__).with_name("confinement.py")
MOST_SAID: Final = 2_000
"""The most bytes of the program's standard error that are logged."""
MEGABYTE: Final = 1024 * 1024


class EndedEarly(Exception):
    """The program was killed by a limit, took too long, or crashed: the file is too demanding for it."""


def run_confined(
    program: Path, task: Mapping[str, Any], limits: Mapping[str, int], wall_seconds: float
) -> dict[str, Any]:
    """The answer of `program` to the task. `limits`: `cpu_seconds`, `memory_bytes`, `output_bytes` (of each file it writes), `nice`, and
    what the program itself understands. Raises `EndedEarly`.
    """
    ended, said = _run(program, json.dumps({**task, "limits": limits}).encode(), wall_seconds)
    if ended is None or ended.returncode != 0:
        # A program that crashed in a library wrote where to stderr.
        log.warning(
            "confined_program_ended",
            program=program.name,
            task=task.get("task"),
            exit_code=ended.returncode if ended else None,
            said=said.decode("utf-8", "replace"),
        )
        raise EndedEarly
    answer: dict[str, Any] = json.loads(ended.stdout)
    return answer


def _run(program: Path, task: bytes, wall_seconds: float) -> tuple[subprocess.CompletedProcess[bytes] | None, bytes]:
    """The ended process, None when it was killed because it took too long, and what it said. It gets no environment, so no secrets."""
    with TemporaryFile() as errors:
        try:
            ended = subprocess.run(  # noqa: S603 - our own program, and no part of the command comes from outside
                [sys.executable, "-I", "-B", "-X", "faulthandler", str(CONFINEMENT), str(program)],
                input=task,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd="/",
                env={},
                timeout=wall_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            ended = None
        errors.seek(0)
        return ended, errors.read(MOST_SAID)
