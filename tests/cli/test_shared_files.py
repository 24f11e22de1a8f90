"""`doctor` says whether the proxy may read the files that it is told to send."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from cms.cli.doctor.findings import Finding, Level
from cms.cli.doctor.shared_files import check_files_for_proxy
from cms.core.runtime import runtime
from config import Settings
from tests.conftest import second_app
from tests.core.storages import incoming_file, marked
from tests.documents.uploads import digest

NOBODY = 65_534
ON = Settings(files_through_proxy="/simpul-files/")
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder to a group that it is not in")


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder that other accounts can get through, as those of pytest are not; the umask is the one of every command."""
    before = os.umask(0o077)
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
    os.umask(before)


@pytest.fixture
def app(environment: dict[str, str], tmp_path: Path) -> Iterator[Flask]:
    """An application whose files a proxy may send."""
    settings = {
        "FILES_THROUGH_PROXY": ON.files_through_proxy,
        "STORAGE_URL": f"file://{tmp_path}/around/files",
    }
    with second_app({**environment, **settings}) as app, app.app_context():
        marked(runtime().storage)
        yield app


def said() -> tuple[Level, str]:
    (finding,) = check_files_for_proxy(ON)
    assert isinstance(finding, Finding)
    return finding.level, finding.sentence


def test_each_hindrance_is_named_until_none_is_left(app: Flask, tmp_path: Path) -> None:
    root, group = tmp_path / "around" / "files", 54_321
    root.chmod(0o700)
    name = digest(b"one")
    runtime().storage.put(incoming_file(root / "incoming", b"one"), name)
    assert list(check_files_for_proxy(Settings())) == []

    assert said()[0] is Level.WARNING
    assert "may not read it" in said()[1]
    root.chmod(0o750)
    assert "nobody but this account" in said()[1]
    os.chown(root, -1, group)
    root.parent.chmod(0o700)
    assert said()[0] is Level.RED
    assert f"cannot get through {root.parent}" in said()[1]
    root.parent.chmod(0o711)
    assert said()[0] is Level.WARNING
    assert "1 files are from before it" in said()[1]
    runtime().storage.put(incoming_file(root / "incoming", b"one"), name)
    assert said() == (Level.OK, "The group 54321 may read the files, so that the proxy sends them.")


@contextmanager
def as_somebody_in_no_group() -> Iterator[None]:
    """An account without rights of its own; back to root afterwards."""
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def test_an_account_outside_of_the_group_keeps_its_files_to_itself_and_doctor_says_why(
    app: Flask, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, group = tmp_path / "around" / "files", 54_321
    for path in (root, *root.iterdir()):
        os.chown(path, NOBODY, NOBODY)
    os.chown(root, -1, group)
    root.chmod(0o750)
    root.parent.chmod(0o711)
    name = digest(b"one")
    # Making an application has put the handler of pytest away.
    monkeypatch.setattr(logging.getLogger(), "handlers", [caplog.handler])
    caplog.set_level("WARNING")
    with as_somebody_in_no_group():
        runtime().storage.put(incoming_file(root / "incoming", b"one"), name)
        level, sentence = said()
        assert b"".join(runtime().storage.open(name)) == b"one"

    assert (level, "this account is not in the group 54321" in sentence) == (Level.WARNING, True), sentence
    assert runtime().storage.internal_path(name) is None
    assert (root / name[:2] / name[2:4] / name).stat().st_mode & 0o077 == 0
    assert "file_not_shared" in caplog.text
