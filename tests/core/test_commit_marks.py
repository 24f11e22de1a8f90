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


@pytest.mark.parametrize("left", [0, 8])
def test_a_file_that_is_cut_short_is_no_mark_and_the_next_commit_makes_it_whole(path: Path, left: int) -> None:
    writer, reader = CommitMarks(path), CommitMarks(path)
    assert reader.settled() != b""
    os.truncate(path, left)

    assert (reader.current(), reader.settled(), CommitMarks(path).settled()) == (b"", b"", b"")
    with writer.around_commit():
        pass
    assert len(reader.settled()) == 16


def test_a_writer_waits_when_readers_look_at_a_file_that_was_taken_away(path: Path) -> None:
    writer, reader = CommitMarks(path), CommitMarks(path)
    before = reader.settled()
    path.unlink()
    began = time.monotonic()

    with writer.around_commit():
        pass

    assert time.monotonic() - began >= SETTLED_SECONDS
    assert reader.settled() not in {b"", before}


def test_a_writer_waits_when_readers_look_at_a_file_that_was_replaced(path: Path) -> None:
    process = CommitMarks(path)
    process.settled()
    other = path.with_name("other")
    other.write_bytes(bytes(16))
    other.replace(path)
    began = time.monotonic()

    with process.around_commit():
        pass

    assert time.monotonic() - began >= SETTLED_SECONDS


def test_where_a_file_cannot_be_linked_nothing_is_left_behind(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on some shared folders: readers ask the database until the first commit has made the file."""

    def refuse(*_names: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    reader = CommitMarks(path)

    assert [reader.settled() for _ in range(3)] == [b"", b"", b""]
    assert list(path.parent.iterdir()) == []
    with CommitMarks(path).around_commit():
        pass
    assert len(reader.settled()) == 16
