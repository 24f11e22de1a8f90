"""Measures how far one task is spread over the house: an AST walk of cms/ and a trace of one create and one publish.

    python tools/house_measures.py [CHECKOUT]

Run it with the interpreter of that checkout's environment; it prints one JSON object. It needs nothing but the checkout: the
demonstration city is loaded into a temporary SQLite, an editor of it writes a post and publishes it over HTTP, in this process.
Left out of the trace, since nobody follows them when reading: the clock, column types and the predicates of permissions.
"""

from __future__ import annotations

import ast
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

LONG_FUNCTION = 30
LEFT_OUT = ("core/clock.py", "core/types.py", "core/permissions.py")
Graph = Mapping[str, set[str]]
Functions = ast.FunctionDef | ast.AsyncFunctionDef


def measure(checkout: Path) -> dict[str, Any]:
    """Every figure, of the tree and of the two walks."""
    trees = {path: ast.parse(path.read_text()) for path in sorted((checkout / "cms").rglob("*.py"))}
    graph = imports_of(checkout, trees)
    return {"tree": tree_figures(trees, graph), **walk_figures(checkout)}


# --- the tree -----------------------------------------------------------------------------------------------------------


def tree_figures(trees: Mapping[Path, ast.Module], graph: Graph) -> dict[str, Any]:
    """Sizes, imports and circles of cms/. `imports` counts import statements of a file, as a reader meets them."""
    statements = {path: len(list(_import_statements(tree))) for path, tree in trees.items()}
    editorial = [count for path, count in statements.items() if "editorial" in path.parts]
    inside = {name: {to for to in found if _is_editorial(to)} for name, found in graph.items() if _is_editorial(name)}
    lengths = [_length(node) for tree in trees.values() for node in ast.walk(tree) if isinstance(node, Functions)]
    lines = [len(path.read_text().splitlines()) for path in trees]
    return {
        "files": len(trees),
        "lines": sum(lines),
        "file_lines_median": statistics.median(lines),
        "file_lines_max": max(lines),
        "functions": len(lengths),
        "functions_over_30_lines": sum(length > LONG_FUNCTION for length in lengths),
        "imports_per_file_median": statistics.median(statements.values()),
        "imports_per_editorial_file_median": statistics.median(editorial),
        "import_depth_inside_editorial": depth(inside),
        "import_circles": [sorted(group) for group in circles(graph)],
    }


def imports_of(checkout: Path, trees: Mapping[Path, ast.Module]) -> dict[str, set[str]]:
    """Which module of the house names which, also under TYPE_CHECKING: a reader has to follow those too."""
    names = {_module(checkout, path): tree for path, tree in trees.items()}
    return {name: {to for to in _targets(tree, names) if to != name} for name, tree in names.items()}


def _targets(tree: ast.Module, names: Mapping[str, ast.Module]) -> Iterator[str]:
    for node in _import_statements(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in names)
            continue
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            if inner in names:
                yield inner
            elif node.module in names:
                yield str(node.module)


def _import_statements(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") != "__future__":
            yield node


def circles(graph: Graph) -> list[set[str]]:
    """Groups of two and more modules that reach each other."""
    reached = {name: _reached(graph, name) for name in graph}
    groups = {frozenset(to for to in found if name in reached.get(to, ())) for name, found in reached.items()}
    return [set(group) for group in groups if len(group) > 1]


def _reached(graph: Graph, start: str) -> set[str]:
    """Every module that can be come to from this one; itself only by a circle."""
    found: set[str] = set()
    ahead = list(graph.get(start, ()))
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead.extend(graph.get(name, ()))
    return found


def depth(graph: Graph) -> int:
    """Length of the longest chain of imports, in modules; a circle counts as one module."""
    group_of = {name: frozenset(group) for group in circles(graph) for name in group}
    known: dict[frozenset[str], int] = {}

    def below(group: frozenset[str]) -> int:
        if group not in known:
            next_groups = {group_of.get(to, frozenset({to})) for name in group for to in graph.get(name, ())} - {group}
            known[group] = 1 + max(map(below, next_groups), default=0)
        return known[group]

    return max((below(group_of.get(name, frozenset({name}))) for name in graph), default=0)


def _module(checkout: Path, path: Path) -> str:
    parts = path.relative_to(checkout).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _is_editorial(name: str) -> bool:
    return name.startswith("cms.editorial.")


def _length(node: Functions) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


# --- the walks ----------------------------------------------------------------------------------------------------------


class Walk:
    """What a profiler sees of cms/: functions entered, files, and how often the walk goes to another file, by a call or back from one."""

    def __init__(self, root: Path) -> None:
        self._root = f"{root}{os.sep}"
        self._functions: set[tuple[str, str]] = set()
        self._files: list[str] = []

    def __call__(self, frame: FrameType, event: str, _argument: object) -> None:
        """As `sys.setprofile` wants it."""
        if event not in {"call", "return"}:
            return
        code = (frame if event == "call" else frame.f_back or frame).f_code
        if not code.co_filename.startswith(self._root) or code.co_filename.endswith(LEFT_OUT):
            return
        if event == "call":
            self._functions.add((code.co_filename, code.co_qualname))
        if not self._files or self._files[-1] != code.co_filename:
            self._files.append(code.co_filename)

    def figures(self) -> dict[str, int]:
        """Distinct functions and files, folders, and changes of file."""
        return {
            "functions": len(self._functions),
            "files": len(set(self._files)),
            "folders": len({str(Path(name).parent) for name in self._files}),
            "changes_of_file": max(0, len(self._files) - 1),
        }


def walk_figures(checkout: Path) -> dict[str, Any]:
    """Trace a create and a publish by an editor of the demonstration city, each the second of its kind."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({"INSTANCE_PATH": folder, "LOG_LEVEL": "ERROR"})
        subprocess.run([sys.executable, "-m", "cms", "demo"], cwd=checkout, check=True, capture_output=True)
        sys.path.insert(0, str(checkout))
        client = __import__("wsgi").app.test_client()
        editor = _editor(Path(folder))
        signed_in = client.post("/manage/v1/auth/login", json={name: editor[name] for name in ("email", "password")})
        headers = {"Authorization": f"Bearer {signed_in.json['access_token']}"}
        _create_and_publish(client, headers, editor["agency"], checkout)
        create, publish = _create_and_publish(client, headers, editor["agency"], checkout)
    return {"create": create.figures(), "publish": publish.figures()}


def _editor(instance: Path) -> dict[str, str]:
    users = json.loads((instance / "demo.json").read_text())["users"]
    return next(user for user in users if user["role"] == "agency_editor")


def _create_and_publish(client: Any, headers: dict[str, str], agency: str, checkout: Path) -> tuple[Walk, Walk]:
    content = {"agency": agency, "kind": "berita", "title": "Jalan ditutup", "summary": "Dua hari.", "body": "Isi."}
    create, publish = Walk(checkout / "cms"), Walk(checkout / "cms")
    made = _traced(create, lambda: client.post("/manage/v1/posts", json=content, headers=headers))
    path, headers = f"/manage/v1/posts/{made.json['data']['id']}/publish", {**headers, "If-Match": made.headers["ETag"]}
    _traced(publish, lambda: client.post(path, json={}, headers=headers))
    return create, publish


def _traced(walk: Walk, send: Any) -> Any:
    sys.setprofile(walk)
    try:
        answer = send()
    finally:
        sys.setprofile(None)
    if answer.status_code not in {200, 201}:
        raise SystemExit(f"{answer.status_code}: {answer.text}")
    return answer


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(Path(sys.argv[1] if sys.argv[1:] else ".").resolve()), indent=2) + "\n")
