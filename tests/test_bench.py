"""The benchmark is no part of the suite; but it keeps up with the names of what it measures."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

from config import PROJECT_ROOT

MODULES = sorted((PROJECT_ROOT / "bench").glob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=[path.stem for path in MODULES])
def test_everything_that_the_benchmark_takes_from_the_house_is_there(path: Path) -> None:
    """Read instead of imported: some of its modules start something."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.ImportFrom)
            and node.module is not None
            and node.module.split(".")[0] in {"cms", "config"}
        ):
            module = importlib.import_module(node.module)
            missing = [alias.name for alias in node.names if not hasattr(module, alias.name)]
            assert missing == [], f"{node.module} has no {missing}"
