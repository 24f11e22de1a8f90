"""`backup`: the database as it is at one moment and every file that it names, into a new folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Connection, create_engine, text

from cms.changes.installation import LETTERS
from cms.cli.application import application
from cms.cli.backups import postgres, sqlite
from cms.cli.backups.files import bytes_of, copy_files, named_files
from cms.cli.backups.manifest import NAME, Manifest, digest_of
from cms.cli.backups.secrets import secrets_of
from cms.cli.failures import ready
from cms.core import clock
from cms.core.db import db
from cms.core.ids import new_id
from cms.core.runtime import runtime
from cms.core.storage.local import LocalStorage
from cms.health.services import BACKUP, Run, note_runs

SQLITE_COPY, POSTGRES_COPY = "database.sqlite", "database.dump"
SPARE_BYTES = 64 * 2**20
TELL_EVERY_SECONDS = 60.0


@click.command("backup")
@click.argument("to", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--files",
    type=click.Choice(["copy", "none"]),
    default="copy",
    help="`none` leaves the files where they are: for S3 that keeps versions of its own.",
)
def command(to: Path, files: str) -> None:
    """Copy the database and the files into the new folder TO while the server runs.

    The copy is the state of one moment. Secrets are not inside: their list is printed. Exit code 1 when a file is missing or
    altered.
    """
    with ready(application()):
        _check_folder(to)
        to.mkdir(parents=True, exist_ok=True, mode=0o700)
        # From now on the worker removes no orphaned files: the copy may still name them.
        _under_way()
        with _nothing_left_behind(to):
            lost = _back_up(to, has_files=files == "copy")
        if not lost:
            note_runs([Run.success(BACKUP)])
    if lost:
        for digest in lost[:20]:
            click.echo(f"Error: The file {digest} is missing or was altered; it is not in the backup.", err=True)
        raise SystemExit(1)


@contextmanager
def _nothing_left_behind(to: Path) -> Iterator[None]:
    """Remove everything written when the backup ends before its manifest is there, so that the folder can be used again."""
    try:
        yield
    except BaseException:
        if not (to / NAME).exists():
            for path in to.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def _under_way() -> None:
    note_runs([Run(BACKUP, clock.now(), None)])


def _back_up(to: Path, *, has_files: bool) -> list[str]:
    """Make the backup; returns the digests of files that could not be copied."""
    settings, storage = runtime().settings, runtime().storage
    _check_room(to, sqlite.size(db.engine) if settings.uses_sqlite else _postgres_size())
    copy, state = _copied_sqlite(to) if settings.uses_sqlite else _copied_postgres(to)
    lost: list[str] = []
    if has_files:
        _check_room(to, bytes_of(storage, state.files))
        lost = list(copy_files(storage, state.files, to, _told_from_time_to_time()))
    manifest = Manifest(
        id=new_id(),
        made_at=clock.rfc3339(clock.now()),
        database="sqlite" if settings.uses_sqlite else "postgresql",
        migration=state.migration,
        epoch=state.epoch,
        sequence=state.sequence,
        hash=state.hash,
        sha256=digest_of(copy),
        has_files=has_files,
        files=tuple(state.files),
        lost=tuple(lost),
        secrets=secrets_of(settings),
    )
    manifest.write(to)
    _tell(to, manifest, len(state.files) - len(lost))
    return lost


class _State:
    """The state of a copy of the database."""

    def __init__(self, connection: Connection) -> None:
        head = connection.execute(text("SELECT sequence, hash FROM change_head")).one()
        self.sequence, self.hash = int(head.sequence), str(head.hash)
        self.epoch = str(connection.scalar(text("SELECT epoch FROM installation")))
        self.migration = str(connection.scalar(text("SELECT version_num FROM alembic_version")))
        self.files: Sequence[str] = named_files(connection)
        if not set(self.epoch) <= set(LETTERS):
            raise click.ClickException("The database has no epoch: python -m cms epoch renew")


def _copied_sqlite(to: Path) -> tuple[Path, _State]:
    copy = to / SQLITE_COPY
    sqlite.copy(db.engine, copy)
    engine = create_engine(f"sqlite:///{copy}", module=db.engine.dialect.loaded_dbapi)
    try:
        with engine.connect() as connection:
            return copy, _State(connection)
    finally:
        engine.dispose()


def _copied_postgres(to: Path) -> tuple[Path, _State]:
    copy = to / POSTGRES_COPY
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        state = _State(connection)
        postgres.dump(connection, copy)
    copy.chmod(0o600)
    return copy, state


def _postgres_size() -> int:
    with db.engine.connect() as connection:
        return postgres.size(connection)


def _check_folder(to: Path) -> None:
    storage = runtime().storage
    if isinstance(storage, LocalStorage) and to.resolve().is_relative_to(storage.folder.resolve()):
        raise click.ClickException(f"{to} is inside the file storage {storage.folder}: take a folder outside of it.")
    if to.exists() and any(to.iterdir()):
        raise click.ClickException(f"{to} is not empty: a backup is a folder of its own.")


def _check_room(to: Path, needed: int) -> None:
    free = shutil.disk_usage(to).free
    if free < needed + SPARE_BYTES:
        raise click.ClickException(
            f"Too little room in {to}: {free / 2**20:,.0f} MiB are free, {(needed + SPARE_BYTES) / 2**20:,.0f} MiB are needed."
        )


def _told_from_time_to_time() -> Callable[[], None]:
    """Report regularly that the backup is under way, so that the worker goes on waiting."""
    last = clock.monotonic()

    def tell() -> None:
        nonlocal last
        if clock.monotonic() - last >= TELL_EVERY_SECONDS:
            last = clock.monotonic()
            _under_way()

    return tell


def _tell(to: Path, manifest: Manifest, copied: int) -> None:
    files = f"{copied} of {len(manifest.files)} files" if manifest.has_files else "no files (--files none)"
    click.echo(f"{to}: the database up to line {manifest.sequence} of epoch {manifest.epoch}, {files}.")
    click.echo("Not inside, keep them elsewhere:" if manifest.secrets else "No secrets are needed beside it.")
    for name in manifest.secrets:
        click.echo(f"  {name}")
