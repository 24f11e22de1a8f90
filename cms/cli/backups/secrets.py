"""The secrets that a restored server needs and a backup does not hold; keep them elsewhere."""

from __future__ import annotations

from pathlib import Path

from config import Settings

_SETTINGS = {
    "secret_key": "SECRET_KEY: without it access tokens, preview links, cursors and kept answers end",
    "audit_signing_key": "AUDIT_SIGNING_KEY: without it no further checkpoint bears the known signature",
    "storage_secret_key": "STORAGE_ACCESS_KEY and STORAGE_SECRET_KEY: without them the files cannot be reached",
    "metrics_token": "METRICS_TOKEN: /metrics cannot be read without it",
}
_NOT_SECRET = {"incoming", "files", "metrics"}


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """The secrets of this server by name, settings and files in the instance folder; never their values."""
    instance = Path(settings.instance_path)
    kept = {path.name for path in instance.glob("*") if path.is_file() and not path.name.startswith("simpul.db")}
    named = [
        text
        for name, text in _SETTINGS.items()
        if getattr(settings, name, "") and not (name in kept and name == "secret_key")
    ]
    if not settings.uses_sqlite:
        named.append("DATABASE_URL: it has the password of the database")
    return (*named, *(f"{instance / name}" for name in sorted(kept) if _is_secret(instance / name)))


def _is_secret(path: Path) -> bool:
    """A file that only its owner may read was made for a secret."""
    return path.name not in _NOT_SECRET and path.stat().st_mode & 0o077 == 0
