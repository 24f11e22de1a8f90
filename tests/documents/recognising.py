"""What a file is, and the words with which it is refused."""

from __future__ import annotations

from pathlib import Path

from cms.core.errors import DomainError
from cms.documents.file_types import recognised_type
from cms.documents.kinds import Recognised


def recognised(folder: Path, name: str, content: bytes) -> Recognised:
    path = folder / "upload"
    path.write_bytes(content)
    return recognised_type(path, name)


def refusal(folder: Path, name: str, content: bytes) -> str:
    """The words with which the file is refused; nothing when it is accepted."""
    try:
        recognised(folder, name, content)
    except DomainError as error:
        params = error.errors[0].params if error.errors else error.params
        return str(params.get("reason") or params.get("found"))
    return ""
