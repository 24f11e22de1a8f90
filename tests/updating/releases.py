"""Later releases of this code: its migrations and invented ones after them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from config import PROJECT_ROOT
from tests.cli.servers import environment_of
from tests.test_migrations import REVISIONS

NEWEST = REVISIONS[-1]
FRAME = """
import time

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None
running_servers = "{word}"


def upgrade() -> None:
{up}

def downgrade() -> None:
{down}
"""
# Adds to tables that every list and every publication touches, in the order in which writers lock them.
ADDS = """
    op.add_column("items", sa.Column("mood_{n}", sa.String(length=20), nullable=True))
    op.add_column("publications", sa.Column("mood_{n}", sa.String(length=20), nullable=True))
    op.add_column("change_head", sa.Column("mood_{n}", sa.Integer(), nullable=False, server_default=sa.text("7")))
    op.create_index("ix_publications_mood_{n}", "publications", ["mood_{n}"])
    op.create_table("moods_{n}", sa.Column("id", sa.Integer(), primary_key=True))
"""
TAKES_BACK = """
    op.drop_table("moods_{n}")
    op.drop_index("ix_publications_mood_{n}", table_name="publications")
    op.drop_column("items", "mood_{n}")
    op.drop_column("change_head", "mood_{n}")
    op.drop_column("publications", "mood_{n}")
"""


def number(later: int) -> str:
    """The number of the migration that comes `later` steps after the newest one of this code."""
    return f"{int(NEWEST) + later:04d}"


def release(folder: Path, *words: str, up: str = "") -> Path:
    """The migrations of a release that has one more step for each word, `compatible` or `stops`; `up` comes before each."""
    shutil.copytree(PROJECT_ROOT / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
    for n, word in enumerate(words, 1):
        text = FRAME.format(
            revision=number(n), before=number(n - 1), word=word, up=up + ADDS.format(n=n), down=TAKES_BACK.format(n=n)
        )
        (folder / "versions" / f"{number(n)}_invented.py").write_text(text)
    return folder


def migrate(instance: Path, folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `init` (or, with a number, `downgrade`) of the release that has these migrations."""
    return subprocess.run(command(folder, *words), check=False, cwd=PROJECT_ROOT, env=environment_of(instance, **settings), capture_output=True, text=True)  # fmt: skip


def command(folder: Path, *words: str) -> list[str]:
    """What `migrate` runs."""
    return [sys.executable, "-m", "tests.updating.migrate", str(folder), *words]
