"""The files of the interactive reference: Swagger UI from its package, and our own start script beside the templates."""

from __future__ import annotations

import mimetypes
from functools import cache
from pathlib import Path

import flask_swagger_ui

ASSETS_FOLDER = Path(flask_swagger_ui.__file__).parent / "dist"
OWN_FOLDER = Path(__file__).parent / "assets"
PACKAGE_FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
# Only what this server sends itself; Swagger UI sets style attributes and embeds its icons as data.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@cache
def asset_names() -> dict[str, Path]:
    """The folder of each file that may be served."""
    own = {path.name: OWN_FOLDER for path in OWN_FOLDER.iterdir()}
    return own | dict.fromkeys(PACKAGE_FILES, ASSETS_FOLDER)


def media_type_of(name: str) -> str:
    """The media type of one of these files."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


ASSET_TYPES = tuple(sorted({media_type_of(name) for name in asset_names()}))
