"""The whole schema, forth and back, on the PostgreSQL that Debian ships: older than the one of the test package."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from config import PROJECT_ROOT
from tests.postgres_server import scratch_database


def compression_of_full_texts(url: str) -> str:
    """How PostgreSQL compresses the full form of a publication: `l` is LZ4 (pg_attribute.attcompression)."""
    sql = "SELECT attcompression FROM pg_attribute WHERE attrelid = 'publications'::regclass AND attname = 'full_json'"
    with psycopg.connect(
        make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    ) as connection:
        (found,) = connection.execute(sql).fetchone() or ("",)
    return str(found)


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
            if words[-1] == "init":
                assert compression_of_full_texts(url) == "l"
