"""How a transaction that writes begins, is shared by several units of work, and ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, SessionTransaction

from cms.core.commit_marks import EXTENSION as COMMIT_MARKS
from cms.core.commit_marks import CommitMarks
from cms.core.database_errors import domain_error
from cms.core.errors import Unavailable
from cms.core.writing_turns import in_turn

BEFORE_WRITES = "simpul_before_writes"
_MOVES_LOG = "moves_log"


def check_writing(current: Session) -> None:
    """Run the application's checks under BEFORE_WRITES; each raises a `DomainError` when no write may begin now."""
    for check in current_app.extensions.get(BEFORE_WRITES, ()):
        check(current)


def _begin_writing(current: Session) -> None:
    try:
        current.connection(execution_options={"writes": True})
        check_writing(current)
    except SQLAlchemyError as error:
        raise domain_error(error) from error


def note_lines(current: Session) -> None:
    """Note that this transaction moves the log: the processes of this node are told of its commit."""
    current.info[_MOVES_LOG] = True


def commit(current: Session) -> None:
    """Commit; only the code that has opened the transaction calls this."""
    if not current.info.pop(_MOVES_LOG, False):
        current.commit()
        return
    marks: CommitMarks = current_app.extensions[COMMIT_MARKS]
    with marks.around_commit():
        current.commit()


def drop_transaction(current: Session) -> None:
    """Roll back. A connection that cannot be rolled back is dead: it is dropped with its transaction."""
    current.info.pop(_MOVES_LOG, None)
    try:
        current.rollback()
    except SQLAlchemyError:
        current.invalidate()


@contextmanager
def transaction_of_one_unit(current: Session) -> Iterator[None]:
    """The transaction of a single unit of work, which is not shared; the code that opens the unit commits."""
    drop_transaction(current)
    with in_turn(current):
        try:
            _begin_writing(current)
            yield
        except BaseException:
            drop_transaction(current)
            raise


class SharedTransaction:
    """The transaction of several units of work: each stays a unit, but all are committed together (decision 14)."""

    def __init__(self, current: Session, first: Callable[[Session], None] | None, *, is_rehearsal: bool) -> None:
        self.session = current
        self.is_rehearsal = is_rehearsal
        self.has_begun = False
        self._first = first
        self._turn = ExitStack()
        self._is_lost = False
        self._is_discarded = is_rehearsal
        self.after_commit: list[Callable[[], None]] = []

    def begin(self) -> None:
        """Begin, unless it has begun: the database is not locked before the first write."""
        if self._is_lost:
            raise Unavailable("database_unavailable", headers={"Retry-After": "5"})
        if self.has_begun:
            return
        drop_transaction(self.session)
        self._turn.enter_context(in_turn(self.session))
        _begin_writing(self.session)
        if self._first is not None:
            self._first(self.session)
        self.has_begun = True

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Wrap one unit: when it fails, its changes are undone and those of the others stay."""
        self.begin()
        savepoint = self.session.begin_nested()
        try:
            yield
            savepoint.commit()
        except BaseException:
            self._undo(savepoint)
            raise

    def _undo(self, savepoint: SessionTransaction) -> None:
        try:
            savepoint.rollback()
        except SQLAlchemyError:
            # The connection is gone, or SQLite has ended the whole transaction: nothing of it may be committed.
            drop_transaction(self.session)
            self._is_lost = True

    def discard(self) -> None:
        """Keep nothing, because the answer is an error."""
        self._is_discarded = True
        self.after_commit.clear()

    def finish(self) -> None:
        """Commit everything, or nothing when it was a rehearsal; only `one_transaction` calls this."""
        if self._is_lost:
            self.begin()
        if self.has_begun and not self._is_discarded:
            commit(self.session)

    def end(self) -> None:
        """Close whatever is still open; only `one_transaction` calls this."""
        drop_transaction(self.session)
        self.session.info.pop("shared_transaction", None)
        self._turn.close()
