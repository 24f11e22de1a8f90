"""The database: base class, session, and the unit of work, which alone is committed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData, Table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session

from cms.core.database_errors import domain_error
from cms.core.ending import EndingSession
from cms.core.logging import get_logger
from cms.core.looking_ahead import end_look_ahead
from cms.core.transactions import SharedTransaction, commit, transaction_of_one_unit

log = get_logger(__name__)
P = TypeVar("P")

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"class_": EndingSession, "expire_on_commit": False},
)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def table_of(model: type[Base]) -> Table:
    """The table of a model, for Core statements where loading objects would cost more than the statement."""
    return cast("Table", model.__table__)


session: scoped_session[Session] = db.session  # type: ignore[assignment]


class NestedUnitOfWork(RuntimeError):
    """A service opened a unit of work inside another one: a programming error."""


_CONFIRMATION = "confirmation"


class UnitOfWork:
    """One write: everything added here is committed together or not at all."""

    def __init__(self, current: Session, shared: SharedTransaction | None = None) -> None:
        self.session = current
        self._parts: dict[type[Any], Any] = {}
        self._before_commit: list[Callable[[], None]] = []
        self._after_commit: list[Callable[[], None]] = []
        self._shared = shared

    def part(self, kind: type[P]) -> P:
        """An object that a feature keeps with this unit of work: one of its own class, made on first use."""
        if kind not in self._parts:
            self._parts[kind] = kind()
        found: P = self._parts[kind]
        return found

    def add(self, *objects: Any) -> None:
        """Add new rows."""
        self.session.add_all(objects)

    def before_commit(self, step: Callable[[], None]) -> None:
        """Run `step` last inside the transaction, after everything else was flushed."""
        self._before_commit.append(step)

    def after_commit(self, step: Callable[[], None]) -> None:
        """Run `step` after the commit; it must do no harm if it is lost."""
        self._after_commit.append(step)

    def finish(self) -> None:
        """Flush, run the last steps, run the confirmation, commit; only `unit_of_work` calls this."""
        self.session.flush()
        for step in self._before_commit:
            step()
        confirm: Callable[[UnitOfWork], None] | None = self.session.info.get(_CONFIRMATION)
        if confirm is not None:
            confirm(self)
        if self._shared is not None:
            self._shared.after_commit += self._after_commit
            return
        commit(self.session)
        self.session.info.pop("unit_of_work", None)
        _follow_up(self._after_commit)


def _follow_up(steps: Iterable[Callable[[], None]]) -> None:
    """Run what comes after a commit. The write has happened: a step that fails is logged and does not change the answer."""
    for step in steps:
        try:
            step()
        except Exception:
            log.exception("step_after_commit_failed")


def confirm_before_commit(confirm: Callable[[UnitOfWork], None]) -> None:
    """Make every unit of work of this context call `confirm` last, when its rows are written; it raises to undo them."""
    session().info[_CONFIRMATION] = confirm


@contextmanager
def unit_of_work(duplicates: Mapping[str, str] | None = None) -> Iterator[UnitOfWork]:
    """Open the one transaction of a write; commits at the end, rolls back on any exception.

    Inside `one_transaction()` a savepoint takes the place of the transaction, and the commit waits for its end.
    `duplicates` maps the name of a unique constraint to the field it protects, for the error.
    Raises `Conflict("duplicate")` when a unique constraint is hit, `Unavailable` when the database stays busy.
    """
    current = session()
    if "unit_of_work" in current.info:
        raise NestedUnitOfWork
    end_look_ahead(current)
    shared: SharedTransaction | None = current.info.get("shared_transaction")
    with transaction_of_one_unit(current) if shared is None else shared.savepoint():
        try:
            unit = UnitOfWork(current, shared)
            current.info["unit_of_work"] = unit
            yield unit
            unit.finish()
        except SQLAlchemyError as error:
            raise domain_error(error, duplicates) from error
        finally:
            current.info.pop("unit_of_work", None)


@contextmanager
def one_transaction(
    *, first: Callable[[Session], None] | None = None, is_rehearsal: bool = False
) -> Iterator[SharedTransaction]:
    """Commit the units of work that are opened inside together at the end; any exception rolls all of them back.

    `first` is run at the beginning of the transaction, which is when the first unit is opened. With `is_rehearsal` everything
    is rolled back at the end. Inside another one this joins it. Raises `Unavailable` when the database is busy or lost.
    """
    current = session()
    outer: SharedTransaction | None = current.info.get("shared_transaction")
    if outer is not None:
        yield outer
        return
    if "unit_of_work" in current.info:
        raise NestedUnitOfWork
    shared = current.info["shared_transaction"] = SharedTransaction(current, first, is_rehearsal=is_rehearsal)
    try:
        yield shared
        shared.finish()
    except SQLAlchemyError as error:
        raise domain_error(error) from error
    finally:
        shared.end()
    _follow_up(() if is_rehearsal else shared.after_commit)


def has_begun_writing() -> bool:
    """True while a transaction is open in which this context writes: others may be waiting for it."""
    info = session().info
    shared: SharedTransaction | None = info.get("shared_transaction")
    return "unit_of_work" in info or (shared is not None and shared.has_begun)


def is_rehearsal() -> bool:
    """True while all writes will be rolled back: then nothing outside the database may be changed either."""
    shared: SharedTransaction | None = session().info.get("shared_transaction")
    return shared is not None and shared.is_rehearsal


def current_unit() -> UnitOfWork:
    """The open unit of work, for functions that share its parts; there must be one."""
    unit: UnitOfWork = session().info["unit_of_work"]
    return unit


@contextmanager
def rolled_back() -> Iterator[None]:
    """End the read transaction of this context, so that the next read sees the newest state. A shared transaction that has begun goes
    on: only inside it can its own writes be read.
    """
    shared: SharedTransaction | None = session().info.get("shared_transaction")
    if shared is not None and shared.has_begun:
        yield
        return
    session().rollback()
    try:
        yield
    finally:
        # Also when a query failed: PostgreSQL keeps the transaction open until it is ended.
        session().rollback()
