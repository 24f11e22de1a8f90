"""`openapi`: the committed OpenAPI document."""

from __future__ import annotations

import difflib

import click

from cms.cli.application import application
from cms.health.document import document_text
from config import PROJECT_ROOT

PATH = PROJECT_ROOT / "docs" / "openapi.json"
MOST_LINES = 40


@click.command("openapi")
@click.option("--check", is_flag=True, help="Only compare: exit code 1 when the file is not what the code gives.")
def command(check: bool) -> None:
    """Write docs/openapi.json from the schemas."""
    text = document_text(application())
    if check:
        _compare(text)
        return
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(text, encoding="utf-8")
    click.echo(f"Wrote {PATH.relative_to(PROJECT_ROOT)}.")


def _compare(text: str) -> None:
    stored = PATH.read_text(encoding="utf-8") if PATH.exists() else ""
    if stored == text:
        click.echo("docs/openapi.json is what the code gives.")
        return
    difference = list(difflib.unified_diff(stored.splitlines(), text.splitlines(), "committed", "code", lineterm=""))
    click.echo("\n".join(difference[:MOST_LINES]))
    raise click.ClickException("docs/openapi.json is not what the code gives: make openapi")
