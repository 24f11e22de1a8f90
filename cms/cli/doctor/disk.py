"""Can files be stored, and is there room?"""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from cms.cli.doctor.findings import Finding, ok, red, warning
from cms.core.errors import Unavailable
from cms.core.runtime import runtime
from config import Settings

GIGABYTE = 2**30
OTHERS_ENTER, OTHERS_READ = 0o011, 0o044
LITTLE_ROOM, NO_ROOM = GIGABYTE, GIGABYTE // 5


def check_storage_takes_files(_settings: Settings) -> Iterator[Finding]:
    """Write a few bytes and remove them: a storage that can be read may still refuse writes."""
    storage, content = runtime().storage, secrets.token_bytes(16)
    digest = hashlib.sha256(content).hexdigest()
    probe = storage.incoming / f"doctor-{digest}"
    try:
        probe = storage.new_incoming()
        probe.write_bytes(content)
        storage.put(probe, digest)
        storage.delete(digest)
    except (OSError, Unavailable) as error:
        yield red(f"The file storage cannot be written: {error}.")
        return
    finally:
        probe.unlink(missing_ok=True)
    yield ok("The file storage takes and gives up files.")


def check_instance_is_private(settings: Settings) -> Iterator[Finding]:
    """Can other accounts of this machine read the database, its log or a secret? Files in a closed folder are closed, too."""
    folder = Path(settings.instance_path)
    if not folder.is_dir():
        # Reported by `check_disk`.
        return
    if folder.stat().st_mode & OTHERS_ENTER:
        for path in sorted(folder.iterdir()):
            if path.is_file() and path.stat().st_mode & OTHERS_READ:
                yield warning(f"{path} can be read by other accounts of this machine: chmod go-rwx {folder}")
                return
    yield ok("Other accounts of this machine cannot read the instance folder.")


def check_disk(settings: Settings) -> Iterator[Finding]:
    """How much space the instance folder has."""
    if not Path(settings.instance_path).is_dir():
        yield red(f"The instance folder {settings.instance_path} does not exist: python -m cms init makes it.")
        return
    usage = shutil.disk_usage(settings.instance_path)
    sentence = f"{usage.free / GIGABYTE:.1f} GiB are free in {Path(settings.instance_path)}."
    if usage.free < NO_ROOM:
        yield red(sentence)
    else:
        yield warning(sentence) if usage.free < LITTLE_ROOM else ok(sentence)
