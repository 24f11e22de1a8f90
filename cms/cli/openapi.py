"""`openapi`: the committed OpenAPI documents."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from cms.cli.application import application
from cms.handbook.document import delivery_document_text, document_text
from config import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "docs"
MOST_LINES = 40


@click.command("openapi")
@click.option("--check", is_flag=True, help="Only compare: exit code 1 when a file is not what the code gives.")
def command(check: bool) -> None:
    """Write docs/openapi.json and docs/openapi-delivery.json from the schemas."""
    app = application()
    for name, text in (
        ("openapi.json", document_text(app)),
        ("openapi-delivery.json", delivery_document_text(app)),
    ):
        if check:
            _compare(FOLDER / name, text)
        else:
            FOLDER.mkdir(exist_ok=True)
            (FOLDER / name).write_text(text, encoding="utf-8")
            click.echo(f"Wrote docs/{name}.")


def _compare(path: Path, text: str) -> None:
    stored = path.read_text(encoding="utf-8") if path.exists() else ""
    if stored == text:
        click.echo(f"docs/{path.name} is what the code gives.")
        return
    difference = list(difflib.unified_diff(stored.splitlines(), text.splitlines(), "committed", "code", lineterm=""))
    click.echo("\n".join(difference[:MOST_LINES]))
    raise click.ClickException(f"docs/{path.name} is not what the code gives: make openapi")
