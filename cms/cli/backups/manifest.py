"""`manifest.json` of a backup: its content and its moment."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import orjson

FORMAT = "simpul-backup-1"
NAME = "manifest.json"
CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `sequence` and `hash` are the newest line of the log in it; `sha256` is of the database's copy.

    `files` are the digests of the files that the database names; `has_files` says whether their bytes are in the backup, all but
    those that were `lost` already when it was made.
    """

    id: str
    made_at: str
    database: str
    migration: str
    epoch: str
    sequence: int
    hash: str
    sha256: str
    has_files: bool
    files: tuple[str, ...]
    lost: tuple[str, ...]
    secrets: tuple[str, ...]

    def write(self, folder: Path) -> None:
        """Write the manifest; done last, so that a folder with a manifest is a complete backup."""
        content = orjson.dumps({"format": FORMAT, **asdict(self)}, option=orjson.OPT_INDENT_2)
        partial = folder / f"{NAME}.partial"
        partial.write_bytes(content + b"\n")
        partial.rename(folder / NAME)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup. Ends the command when the folder is not a backup."""
    try:
        content = orjson.loads((folder / NAME).read_bytes())
        if content.pop("format") != FORMAT:
            raise ValueError(FORMAT)  # noqa: TRY301 - one sentence for all that is wrong with it
        content |= {name: tuple(content[name]) for name in ("files", "lost", "secrets")}
        return Manifest(**content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise click.ClickException(f"{folder} is no whole backup: {NAME} is missing or cannot be read.") from None


def digest_of(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(CHUNK):
            found.update(part)
    return found.hexdigest()
