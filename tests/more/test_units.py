"""systemd takes the units of deploy/systemd as they are."""

from __future__ import annotations

import subprocess
from pathlib import Path

from config import PROJECT_ROOT

UNITS = PROJECT_ROOT / "deploy" / "systemd"


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    # The command must exist for it: this checkout stands in for /opt/simpul.
    (tmp_path / "simpul" / ".venv" / "bin").mkdir(parents=True)
    python = tmp_path / "simpul" / ".venv" / "bin" / "python"
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    units = []
    for unit in UNITS.iterdir():
        copy = tmp_path / unit.name
        copy.write_text(unit.read_text().replace("/opt/simpul", str(tmp_path / "simpul")))
        units.append(str(copy))

    answer = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(units)], check=False, capture_output=True, text=True
    )

    ours = [line for line in answer.stderr.splitlines() if "simpul" in line]
    assert (answer.returncode, ours) == (0, []), answer.stderr
