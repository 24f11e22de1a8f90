"""What makes answers reads through `Sources` alone, and the layer of readers knows no content type by name."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from config import PROJECT_ROOT

CMS = PROJECT_ROOT / "cms"
CONTRACTS = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
WATCHED = {
    name for contract in CONTRACTS["contracts"] if contract["id"] == "sources" for name in contract["source_modules"]
}
# They describe the wire, or give bytes: those are never kept, and their tags are their own digests.
OTHERS = {
    "__init__", "change_schemas", "content_routes", "file_routes", "files", "go_routes", "media", "media_routes", "parameters",
    "routes", "schemas", "type_routes", "types",
}  # fmt: skip
BEHIND_SOURCES = {"state", "publications", "reader"}
TYPES = {"post", "posts", "document", "documents"}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_every_module_that_makes_answers_stands_in_the_contract() -> None:
    made = {
        f"cms.{reader}.{path.stem}"
        for reader in ("delivery", "feeds", "sync")
        for path in (CMS / reader).glob("*.py")
        if path.stem not in OTHERS
    }

    assert made <= WATCHED
    assert all(any((CMS / reader / f"{name}.py").exists() for reader in ("delivery", "sync")) for name in OTHERS)


@pytest.mark.parametrize("name", sorted(WATCHED))
def test_no_answer_reads_behind_the_notes(name: str) -> None:
    """The request carries the state of the process too: import-linter would not see it used."""
    path = PROJECT_ROOT / f"{name.replace('.', '/')}.py"
    used = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}

    assert used.isdisjoint(BEHIND_SOURCES)


@pytest.mark.parametrize("path", sorted((CMS / "serving").glob("*.py")), ids=lambda path: path.stem)
def test_serving_names_no_content_type(path: Path) -> None:
    texts = {node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant)}
    names = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}

    assert TYPES.isdisjoint(texts)
    assert TYPES.isdisjoint(names)
