"""Style, script and picture files of the pages: our own beside the templates, and those of Swagger UI from its package."""

from __future__ import annotations

import hashlib
import mimetypes
from functools import cache
from pathlib import Path

import flask_swagger_ui

from cms.handbook.kept_answers import kept_answer
from cms.serving.answers import Answer

PACKAGE_FOLDER = Path(flask_swagger_ui.__file__).parent / "dist"
OWN_FOLDER = Path(__file__).parent / "assets"
PACKAGE_FILES = ("swagger-ui.css", "swagger-ui-bundle.js")


@cache
def asset_paths() -> dict[str, Path]:
    """The files that may be served, by name."""
    own = {path.name: path for path in sorted(OWN_FOLDER.iterdir())}
    return own | {name: PACKAGE_FOLDER / name for name in PACKAGE_FILES}


@cache
def version_of(name: str) -> str:
    """Names the bytes of a file: its address with `?v=` of this may be kept for ever. Raises `KeyError` for an unknown one."""
    return hashlib.sha256(asset_paths()[name].read_bytes()).hexdigest()[:12]


@cache
def asset(name: str) -> Answer:
    """The file as an answer. Raises `KeyError` for an unknown one."""
    headers = {"Content-Type": media_type_of(name), "Cross-Origin-Resource-Policy": "same-origin"}
    return kept_answer(asset_paths()[name].read_bytes(), headers)


def media_type_of(name: str) -> str:
    """The media type of one of these files."""
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed


def asset_address(name: str) -> str:
    """Where a page finds a file."""
    return f"/docs/assets/{name}?v={version_of(name)}"


ASSET_TYPES = tuple(sorted({media_type_of(name).partition(";")[0] for name in asset_paths()}))
