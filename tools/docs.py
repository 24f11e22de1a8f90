"""Writes the parts of the guides that the code knows best, between markers in docs/*.md.

python -m tools.docs [--check]
"""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from cms.cli.application import application
from config import PROJECT_ROOT
from tools.generated_docs import PAGES, rendered

MOST_LINES = 40


@click.command("docs")
@click.option("--check", is_flag=True, help="Only compare: exit code 1 when a page is not what the code gives.")
def command(check: bool) -> None:
    """Write the generated tables of the guides: errors, settings, permissions, paths, actions, states, tables."""
    with application().app_context():
        differing = [path for path in map(_path, PAGES) if _brought_up(path, check=check)]
    names = ", ".join(str(path.relative_to(PROJECT_ROOT)) for path in differing)
    if not differing:
        click.echo("The guides are what the code gives.")
    elif check:
        raise click.ClickException(f"{names}: not what the code gives: make docs")
    else:
        click.echo(f"Wrote {names}.")


def _path(name: str) -> Path:
    return PROJECT_ROOT / "docs" / name


def _brought_up(path: Path, *, check: bool) -> bool:
    """Write the page, or only show what would change; True when it differed."""
    stored = path.read_text(encoding="utf-8")
    wanted = rendered(path.name, stored)
    if wanted == stored:
        return False
    if check:
        lines = difflib.unified_diff(stored.splitlines(), wanted.splitlines(), "committed", "code", lineterm="")
        click.echo("\n".join(list(lines)[:MOST_LINES]))
    else:
        path.write_text(wanted, encoding="utf-8")
    return True


if __name__ == "__main__":
    command()
