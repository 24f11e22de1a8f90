"""May the proxy, which runs under another account, read the files that it must send?"""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from cms.cli.doctor.findings import Finding, ok, red, warning
from cms.core import clock
from cms.core.errors import Unavailable
from cms.core.runtime import runtime
from cms.core.storage.local import LocalStorage
from cms.core.storage.shared_files import is_open_to_its_group, is_passable
from config import Settings

MOST_LOOKED_AT = 10_000
LATER = timedelta(days=36_500)
GUIDE = 'see "Large files through the proxy" in docs/operations.md'


def check_files_for_proxy(settings: Settings) -> Iterator[Finding]:
    """Only with FILES_THROUGH_PROXY and a local storage: its group, the folders above it, and its files."""
    storage = runtime().storage
    if not settings.files_through_proxy or not isinstance(storage, LocalStorage):
        return
    try:
        found = _look(storage)
    except (OSError, Unavailable) as error:
        found = warning(f"Whether the proxy may read the files could not be seen: {error}.")
    yield found


def _look(storage: LocalStorage) -> Finding:
    folder, group = storage.folder, storage.folder.stat().st_gid
    if not is_open_to_its_group(folder):
        return _not_sent(f"the group of {folder} may not read it")
    if _is_ours_alone(group):
        return _not_sent(f"nobody but this account is in the group of {folder} ({_name(group)})")
    closed = [around for around in folder.absolute().parents if not is_passable(around, group)]
    if closed:
        return red(f"FILES_THROUGH_PROXY is set, and the proxy cannot get through {closed[0]} to the files: {GUIDE}.")
    if os.geteuid() and group not in {os.getegid(), *os.getgroups()}:
        return _not_sent(f"this account is not in the group {_name(group)} and cannot give new files to it")
    files = islice(storage.stored_before(clock.now() + LATER), MOST_LOOKED_AT)
    alone = sum(storage.internal_path(digest) is None for digest in files)
    if alone:
        return _not_sent(f"{alone} files are from before it and not open to the group {_name(group)}")
    return ok(f"The group {_name(group)} may read the files, so that the proxy sends them.")


def _not_sent(reason: str) -> Finding:
    return warning(f"FILES_THROUGH_PROXY is set, but {reason}: this server sends large files itself; {GUIDE}.")


def _name(group: int) -> str:
    try:
        return grp.getgrgid(group).gr_name
    except KeyError:
        return str(group)


def _is_ours_alone(group: int) -> bool:
    """True when the machine knows the group and no other account in it."""
    try:
        named = set(grp.getgrgid(group).gr_mem)
    except KeyError:
        return False
    named |= {account.pw_name for account in pwd.getpwall() if account.pw_gid == group}
    return not {name for name in named if _number(name) != os.geteuid()}


def _number(name: str) -> int | None:
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        return None
