"""Clients as people make them from the OpenAPI document, with the usual generators and their own settings: the code is checked as
strictly as its language allows, and reads real pages from a server. What each one does is in clients/, written as its users write.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from config import PROJECT_ROOT
from tests.cli.servers import running
from tests.more.programs import PHP

CLIENTS = Path(__file__).with_name("clients")
INSTALLED = PROJECT_ROOT / ".clients"
WHOLE, DELIVERY = PROJECT_ROOT / "docs" / "openapi.json", PROJECT_ROOT / "docs" / "openapi-delivery.json"
GUZZLE = "/usr/share/php/GuzzleHttp/autoload.php"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What a client is told of a running server with the demonstration city: address, key, and somebody who may publish."""
    instance = tmp_path_factory.mktemp("instance")
    with running(instance) as (_process, port):
        demo = json.loads((instance / "demo.json").read_text())
        editor = next(user for user in demo["users"] if user["role"] == "agency_editor")
        yield {
            "SIMPUL_API": f"http://localhost:{port}", "SIMPUL_KEY": demo["keys"]["website"],
            "SIMPUL_EMAIL": editor["email"], "SIMPUL_PASSWORD": editor["password"], "SIMPUL_AGENCY": editor["agency"],
        }  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as somebody has it who makes a client: the locked packages, and what was written to use the client."""
    made = tmp_path / "client"
    shutil.copytree(CLIENTS, made)
    (made / "node_modules").symlink_to(INSTALLED / "node_modules")
    return made


def run(folder: Path, *command: str, **environment: str) -> str:
    """What a program prints; it must end well."""
    path = f"{INSTALLED / 'venv' / 'bin'}:{os.environ['PATH']}"
    answer = subprocess.run(
        command, check=False, cwd=folder, env={**os.environ, "PATH": path, **environment}, capture_output=True, text=True, timeout=240
    )  # fmt: skip
    assert answer.returncode == 0, f"{command[0]}: {answer.stdout[-3000:]}\n{answer.stderr[-2000:]}"
    return answer.stdout


def node(name: str, *words: str) -> tuple[str, ...]:
    return ("node", f"node_modules/{name}", *words)


def generated(folder: Path, document: Path, language: str) -> Path:
    """What OpenAPI Generator makes, with its own settings."""
    made = folder / language
    run(folder, "openapi-generator-cli", "generate", "-i", str(document), "-g", language, "-o", str(made))
    return made


def test_spectral_has_nothing_to_say(folder: Path) -> None:
    spectral = node(
        "@stoplight/spectral-cli/dist/index.js", "lint", "--ruleset", "spectral.yaml", "--fail-severity", "hint"
    )

    assert "No results" in run(folder, *spectral, str(WHOLE), str(DELIVERY))


def test_javascript_reads_every_pattern_and_ajv_every_answer(folder: Path, server: Mapping[str, str]) -> None:
    told = run(folder, "node", "ajv.js", str(DELIVERY), str(WHOLE), **server)

    assert told.splitlines()[-1] == "every page, today's and a later one, is what the document says"


def test_typescript_is_strict_about_a_website_and_an_editor(folder: Path, server: Mapping[str, str]) -> None:
    for document, name in ((DELIVERY, "delivery"), (WHOLE, "whole")):
        run(folder, *node("openapi-typescript/bin/cli.js", str(document), "-o", f"{name}.d.ts"))
    run(folder, *node("typescript/bin/tsc", "-p", "."))

    website, editor = (run(folder, "node", f"out/{name}.js", **server).splitlines() for name in ("website", "editor"))
    assert website[-1] == "not_found 404"
    assert "304" in website
    assert editor == ["draft true", "Kantor buka setiap hari. 2", "stale_version true", "published true", "true"]


def test_openapi_python_client_is_typed_and_reads(folder: Path, server: Mapping[str, str]) -> None:
    made = ("openapi-python-client", "generate", "--meta", "none", "--overwrite", "--path")
    told = run(folder, *made, str(DELIVERY), "--output-path", "simpul")
    run(folder, *made, str(WHOLE), "--output-path", "whole")

    # It writes bytes of pictures itself, and says so.
    assert {line for line in told.splitlines() if "Unsupported" in line and "image/" not in line} == set()
    run(folder, "python", "-W", "error", "-m", "compileall", "-q", "whole")
    run(folder, "mypy", "--config-file", "mypy.ini", "openapi_python_client_website.py", "simpul")
    said = run(folder, "python", "openapi_python_client_website.py", **server).splitlines()
    assert said[-2:] == ["400 invalid_cursor", "podcast {'more': [1]}"]


def test_openapi_generator_makes_python_that_reads(folder: Path, server: Mapping[str, str]) -> None:
    made = generated(folder, WHOLE, "python")

    run(folder, "python", "-W", "error", "-m", "compileall", "-q", str(made / "openapi_client"))
    said = run(folder, "python", "openapi_generator_website.py", PYTHONPATH=str(made), **server).splitlines()
    assert said[-2:] == ["404 not_found", "podcast"]


def test_openapi_generator_makes_php_that_reads(folder: Path, server: Mapping[str, str]) -> None:
    made = generated(folder, DELIVERY, "php")

    told = run(
        folder, *PHP, "openapi_generator_website.php", GUZZLE=GUZZLE, CLIENT=str(made / "lib"), **server
    ).splitlines()
    assert told[-2:] == ["404 not_found", "podcast"]


def test_openapi_generator_makes_java_that_lets_new_fields_pass(folder: Path) -> None:
    """Its code is not compiled here: it would need libraries of another registry."""
    made = generated(folder, DELIVERY, "java")
    models: list[Any] = [*(made / "src" / "main" / "java").rglob("DeliveredPostCard.java")]

    assert len(models) == 1
    assert "is not defined in the" not in models[0].read_text()
