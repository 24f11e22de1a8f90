"""Files of a local storage that another account may read: the proxy, which sends them itself.

Everything else is for our own account only (umask 077). A file here, and the folders on its way, become readable for the group of the
storage's root folder; which group that is and whether it may read the root folder is for the operator to decide. The bits for inherited
groups are not used: systemd refuses them (RestrictSUIDSGID), and a file that waited elsewhere keeps its group when it is renamed.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from cms.core.logging import get_logger

SHARED_FILE: Final = stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP
SHARED_FOLDER: Final = stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP

log = get_logger(__name__)


def is_open_to_its_group(folder: Path) -> bool:
    """True when the group of the folder may read and enter it. Raises `OSError`."""
    return _has(folder.stat().st_mode, stat.S_IRGRP | stat.S_IXGRP)


def is_shared(path: Path, root: Path) -> bool:
    """True when the group of `root` may read this file in it, and every folder on the way. Raises `OSError`."""
    group = root.stat().st_gid
    return _is_readable(path, group, stat.S_IRGRP) and all(
        _is_readable(folder, group, stat.S_IXGRP) for folder in path.parents if folder.is_relative_to(root)
    )


def is_passable(folder: Path, group: int) -> bool:
    """True when this group may go through the folder. Raises `OSError`."""
    return _is_readable(folder, group, stat.S_IXGRP)


def share(path: Path, root: Path) -> None:
    """Let the group of `root` read this file or folder in it, if `root` is open to its group.

    An account that is not in the group may not give it: the log says so, and the file stays our own.
    """
    found, around = path.stat(), root.stat()
    if not is_open_to_its_group(root):
        return
    mode = SHARED_FOLDER if stat.S_ISDIR(found.st_mode) else SHARED_FILE
    try:
        if found.st_gid != around.st_gid:
            os.chown(path, -1, around.st_gid)
        if stat.S_IMODE(found.st_mode) != mode:
            path.chmod(mode)
    except PermissionError:
        log.warning("file_not_shared", name=path.name, group=around.st_gid)


def _is_readable(path: Path, group: int, needed: int) -> bool:
    found = path.stat()
    # The bits for others count too: a file that is open to all is open to the group.
    return (found.st_gid == group and _has(found.st_mode, needed)) or _has(found.st_mode, needed >> 3)


def _has(mode: int, bits: int) -> bool:
    return mode & bits == bits
