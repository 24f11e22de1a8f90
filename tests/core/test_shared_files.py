"""With a proxy that sends files itself, its group may read the files of the local storage and the folders on their way, and nothing else."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from cms.core.storage.local import LocalStorage
from tests.core.storages import incoming_file
from tests.documents.uploads import digest

OWNER_ONLY = 0o077
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder to a group that it is not in")


@pytest.fixture(autouse=True)
def private() -> Iterator[None]:
    """The umask of every command."""
    before = os.umask(OWNER_ONLY)
    yield
    os.umask(before)


def storage(root: Path, *, for_proxy: bool = True) -> LocalStorage:
    made = LocalStorage(root, for_proxy=for_proxy)
    made.mark("tests")
    return made


def kept(storage: LocalStorage, content: bytes) -> Path:
    name = digest(content)
    storage.put(incoming_file(storage.incoming, content), name)
    return storage.folder / name[:2] / name[2:4] / name


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_and_the_folders_on_their_way_are_open_to_the_group_and_nothing_else(tmp_path: Path) -> None:
    root = tmp_path / "files"
    storage(root)
    root.chmod(0o750)
    made = storage(root)
    file = kept(made, b"one")
    waiting = made.new_incoming()
    waiting.write_bytes(b"half")

    assert [mode(path) for path in (file, file.parent, file.parent.parent)] == [0o640, 0o750, 0o750]
    assert (mode(root), mode(made.incoming), mode(waiting), mode(root / "simpul-storage")) == (
        0o750,
        0o700,
        0o600,
        0o600,
    )
    assert made.internal_path(file.name) == file.relative_to(root).as_posix()


@needs_root
def test_they_get_the_group_of_the_root_folder_wherever_they_waited(tmp_path: Path) -> None:
    root, group = tmp_path / "files", os.getegid() + 4321
    made = storage(root)
    os.chown(root, -1, group)
    root.chmod(0o750)
    file = kept(made, b"one")

    assert {path.stat().st_gid for path in (file, file.parent, file.parent.parent)} == {group}
    assert made.incoming.stat().st_gid != group


def test_without_a_shared_root_folder_or_without_the_setting_files_stay_our_own(tmp_path: Path) -> None:
    closed = storage(tmp_path / "closed")
    unset = storage(tmp_path / "unset", for_proxy=False)
    unset.folder.chmod(0o750)
    for made in (closed, unset):
        file = kept(made, b"one")
        assert [mode(path) for path in (file, file.parent, file.parent.parent)] == [0o600, 0o700, 0o700]
        # The proxy is not sent to what it cannot read: this server sends it.
        assert made.internal_path(file.name) is None


def test_a_file_from_before_is_shared_when_it_is_uploaded_again(tmp_path: Path) -> None:
    root = tmp_path / "files"
    file = kept(storage(root, for_proxy=False), b"one")
    root.chmod(0o750)
    made = storage(root)
    assert made.internal_path(file.name) is None

    kept(made, b"one")

    assert [mode(path) for path in (file, file.parent, file.parent.parent)] == [0o640, 0o750, 0o750]
    assert made.internal_path(file.name) is not None


@needs_root
def test_a_group_that_is_not_the_one_of_the_root_folder_counts_for_nothing(tmp_path: Path) -> None:
    made = storage(tmp_path / "files")
    made.folder.chmod(0o750)
    file = kept(made, b"one")
    for path in (file, file.parent, file.parent.parent):
        before = path.stat().st_gid
        os.chown(path, -1, before + 4321)
        assert made.internal_path(file.name) is None, path
        os.chown(path, -1, before)
    assert made.internal_path(file.name) is not None
