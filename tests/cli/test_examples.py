"""The shell examples of the guides, typed from top to bottom into one terminal beside `make run`, as a new user does."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.test_run import running
from tests.test_readme import PAGES, SERVER, blocks

# Ends the script at the first answer above 399 and at the first answer that lacks what the example takes from it.
STRICT = 'set -euo pipefail\ncurl() { command curl --show-error --fail "$@"; }\n'


@pytest.mark.slow
@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="the examples use bash and curl")
def test_every_example_runs_as_printed(tmp_path: Path) -> None:
    with running(tmp_path) as (_process, port):
        for page in PAGES:
            printed = "\n".join(block for block in blocks(page, "sh") if "make run" not in block)
            script = printed.replace(SERVER, f"http://localhost:{port}")
            script = script.replace("/tmp/", f"{tmp_path}/").replace("instance/demo.json", f"{tmp_path}/demo.json")  # noqa: S108
            answer = subprocess.run(
                ["bash", "-x", "-c", STRICT + script], check=False, cwd=tmp_path, capture_output=True, text=True
            )
            assert answer.returncode == 0, f"{page}: {answer.stdout[-500:]}\n{answer.stderr[-1500:]}"
