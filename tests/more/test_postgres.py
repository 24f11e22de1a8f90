"""The whole schema, forth and back, on the PostgreSQL that Debian ships: older than the one of the test package."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from config import PROJECT_ROOT
from tests.postgres_server import scratch_database


def test_init_doctor_and_downgrade_work_on_the_postgresql_of_debian(debian_postgres: str, tmp_path: Path) -> None:
    with scratch_database(debian_postgres) as url:
        environment = {**os.environ, "DATABASE_URL": url, "INSTANCE_PATH": str(tmp_path)}
        for words in (
            ["cms", "init"],
            ["cms", "audit", "verify"],
            ["flask", "--app", "wsgi", "db", "downgrade", "base"],
        ):
            answer = subprocess.run(
                [sys.executable, "-m", *words],
                check=False,
                cwd=PROJECT_ROOT,
                env=environment,
                capture_output=True,
                text=True,
            )
            assert answer.returncode == 0, answer.stdout + answer.stderr
