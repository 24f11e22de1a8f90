"""The documents that this server shows: which files of docs/ they are, in which languages, and where links between them lead."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cms.core.http.pages import LANGUAGES
from config import PROJECT_ROOT

DOCS: Final = PROJECT_ROOT / "docs"
PROGRAMS: Final = ("examples", "clients")
"""Folders of programs to copy. A name is in one of them only."""


@dataclass(frozen=True, slots=True)
class Document:
    """A page of docs/ at `/docs/NAME`. Its file in Indonesian, where there is one, has `.id` before its ending."""

    name: str
    file: str

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it exists in; English comes first."""
        return tuple(each for each in LANGUAGES if self.path(each).is_file())

    def path(self, language: str) -> Path:
        """Its file in a language."""
        path = DOCS / self.file
        return path if language == "en" else path.with_suffix(f".{language}.md")


ERRORS: Final = Document("errors", "errors.md")
"""Shown with the words of the code: see `cms.handbook.errors`."""
GUIDES: Final = {
    each.name: each
    for each in (
        Document("guide", "api.md"),
        Document("paths", "paths.md"),
        Document("model", "model.md"),
        Document("files", "files.md"),
    )
}
_ADDRESSES: Final = {
    **{each.path(language).name: f"/docs/{each.name}" for each in (*GUIDES.values(), ERRORS) for language in LANGUAGES},
    "openapi.json": "/openapi.json",
    "openapi-delivery.json": "/openapi-delivery.json",
}


def examples() -> dict[str, Path]:
    """The programs to copy, by name."""
    return {
        path.name: path for folder in PROGRAMS for path in sorted((PROJECT_ROOT / folder).iterdir()) if path.is_file()
    }


@dataclass(frozen=True, slots=True)
class Wish:
    """The language that a reader wants, and whether the address names it: then links carry it on."""

    language: str
    is_named: bool = False

    def link(self, path: str, fragment: str = "") -> str:
        """The address of a page of this server that exists in several languages."""
        return path + (f"?lang={self.language}" if self.is_named else "") + (f"#{fragment}" if fragment else "")


def served_address(link: str, wish: Wish) -> str | None:
    """Where a link of a file in docs/ leads on this server; None when the server does not have what it names."""
    parts = urlsplit(link)
    if parts.scheme or not parts.path:
        return link
    path = Path(parts.path)
    if path.parts[0] == ".." and path.parts[1:-1] in {(folder,) for folder in PROGRAMS} and path.name in examples():
        return f"/docs/examples/{path.name}"
    address = _ADDRESSES.get(parts.path)
    if address is None or not address.startswith("/docs/"):
        return address
    return wish.link(address, parts.fragment)
