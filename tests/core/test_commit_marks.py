"""The marks of commits that the processes of a node share."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from cms.core import clock
from cms.core.commit_marks import SETTLED_SECONDS, CommitMarks, marks_beside


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the marks of this test are."""
    return tmp_path / "commits"


@pytest.fixture
def processes(path: Path) -> Iterator[tuple[CommitMarks, CommitMarks]]:
    """A writer and a reader of one node, as each has them in its memory."""
    return CommitMarks(path), CommitMarks(path)


def test_while_a_commit_is_under_way_there_is_no_mark_to_remember(processes: tuple[CommitMarks, CommitMarks]) -> None:
    writer, reader = processes
    before = reader.settled()
    assert before == reader.current()

    with writer.around_commit():
        assert reader.current() != before
        assert reader.settled() == b""

    after = reader.settled()
    assert len(after) == len(before) == 16
    assert after != before


def test_a_writer_that_is_killed_leaves_its_mark_until_another_one_has_written(
    processes: tuple[CommitMarks, CommitMarks],
) -> None:
    killed, reader = processes
    with pytest.raises(KeyboardInterrupt), killed.around_commit():
        raise KeyboardInterrupt
    assert reader.settled() == b""

    with CommitMarks(reader._path).around_commit():
        pass
    assert reader.settled() != b""


def test_the_mark_of_a_later_commit_stays_when_an_earlier_one_is_settled(
    processes: tuple[CommitMarks, CommitMarks], path: Path
) -> None:
    first, reader = processes
    earlier, later = first.around_commit(), CommitMarks(path).around_commit()
    earlier.__enter__()
    time.sleep(0.001)
    later.__enter__()
    earlier.__exit__(None, None, None)
    assert reader.settled() == b""
    later.__exit__(None, None, None)
    assert reader.settled() != b""


def test_a_commit_that_was_under_way_before_the_machine_was_started_anew_counts_no_more(path: Path) -> None:
    path.write_bytes(os.urandom(8) + (clock.spent() + 10**12).to_bytes(8))
    assert CommitMarks(path).settled() != b""


def test_a_file_that_was_removed_is_made_again_and_all_go_to_the_new_one(
    processes: tuple[CommitMarks, CommitMarks], path: Path
) -> None:
    writer, reader = processes
    before = reader.settled()
    path.unlink()
    assert reader.settled() not in {b"", before}
    with writer.around_commit():
        assert reader.settled() == b""
    assert [each.name for each in path.parent.iterdir()] == ["commits"]


def test_who_cannot_mark_waits_and_who_cannot_look_remembers_nothing(path: Path) -> None:
    path.mkdir()
    marks = CommitMarks(path)
    assert marks.settled() == b""

    began = time.monotonic()
    with marks.around_commit():
        pass
    assert time.monotonic() - began >= SETTLED_SECONDS


def test_the_marks_of_sqlite_lie_beside_its_file_those_of_a_server_in_the_folder_of_the_node(tmp_path: Path) -> None:
    beside = marks_beside(make_url(f"sqlite:///{tmp_path}/data/simpul.db"), tmp_path)
    assert beside == tmp_path / "data" / "simpul.db-commits"
    assert marks_beside(make_url("postgresql://simpul@db.internal/simpul"), tmp_path) == tmp_path / "commits"
