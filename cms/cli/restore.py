"""`restore`: put a backup in place, begin another epoch, and prove what is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from cms.changes.checkpoints import stored_checkpoints
from cms.changes.seen_positions import seen_positions
from cms.changes.services import renew_epoch
from cms.changes.stored_lines import StoredLog, hash_of
from cms.changes.trust import accepting_clock
from cms.changes.verification import verify
from cms.cli.application import application, make_instance_folder, operator, settings_below
from cms.cli.backup import POSTGRES_COPY, SQLITE_COPY
from cms.cli.backups import postgres, sqlite
from cms.cli.backups.erased import erase_what_came_back, gather_erasures
from cms.cli.backups.files import damaged_files, missing_files, restore_files
from cms.cli.backups.manifest import Manifest, digest_of, read_manifest
from cms.cli.failures import told
from cms.cli.migrating import MIGRATIONS, migrate_database
from cms.core.db import db
from cms.core.runtime import runtime
from cms.core.schema_state import newest_migration
from cms.health.services import agree
from cms.health.state import running_processes
from cms.publishing.stored_content import prove_bytes, prove_content

MOST_TOLD = 20


@click.command("restore")
@click.argument("source", metavar="FROM", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--replace",
    "may_replace",
    is_flag=True,
    help="Put it in place of what the database holds. Stop all servers and workers first: nothing stops them for you.",
)
@click.option(
    "--into",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="To try a backup of SQLite: a database and a storage of their own in this folder, whatever the settings name.",
)
@click.option("--despite-running", is_flag=True, help="Replace although a server or worker seems to run: none does.")
@click.option(
    "--erasures",
    "ledgers",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A ledger of erasures that was kept elsewhere; that of this node is read in any case.",
)
@click.option("--despite-damage", is_flag=True, help="Go on although files of the backup are damaged, without those.")
def command(
    source: Path,
    may_replace: bool,
    into: Path | None,
    despite_running: bool,
    ledgers: tuple[Path, ...],
    despite_damage: bool,
) -> None:
    """Restore the backup in the folder FROM into the database and the storage of the settings.

    Every byte of the backup is read first: when the database's copy or a file is damaged, nothing is changed.

    What was erased by law after the backup was made is erased again. Stop the servers first. A new epoch begins, with a line in the log. What was restored is proved: the log, what readers get, the
    files. Exit code 1: something of it does not hold.
    """
    manifest = read_manifest(source)
    app = application(settings_below(into) if into is not None else None)
    with app.app_context(), told():
        make_instance_folder(runtime().settings)
        copy = _checked_copy(source, manifest)
        if not despite_damage:
            _check_files(source, manifest)
        if is_filled := _is_filled():
            _check_replacing(may_replace, despite_running)
        erasures = gather_erasures(ledgers, is_filled=is_filled)
        seen_positions().accept()
        _put_in_place(copy)
        app.extensions["simpul"].forget()
        migrate_database()
        # Marks a new storage with the name that the database knows; nothing is written to one without it.
        with accepting_clock():
            agree(changed=True)
        faults = list(_put_files_in_place(source, manifest))
        faults += _faults_of_the_log(manifest)
        _begin_epoch(manifest)
        erase_what_came_back(erasures, manifest.id)
        faults += _faults_of_content()
        _tell(faults, manifest)


def _begin_epoch(manifest: Manifest) -> None:
    """Who has read what was written after the backup reads anew."""
    place = renew_epoch(operator(), f"restore of {manifest.id}", manifest.id)
    click.echo(f"Restored the backup {manifest.id} of {manifest.made_at}, up to line {manifest.sequence}.")
    click.echo(f"Epoch {place.epoch} begins with line {place.sequence} of the log, after epoch {manifest.epoch}.")


def _checked_copy(source: Path, manifest: Manifest) -> Path:
    """The copy of the database, which must be the one that was made. Ends the command otherwise."""
    kind = "sqlite" if runtime().settings.uses_sqlite else "postgresql"
    if manifest.database != kind:
        raise click.ClickException(f"The backup is of {manifest.database}, DATABASE_URL names {kind}.")
    newest = newest_migration(str(MIGRATIONS))
    if manifest.migration > newest:
        raise click.ClickException(
            f"The backup is on migration {manifest.migration}, this code ends at {newest}: restore it with the code that made it."
        )
    copy = source / (SQLITE_COPY if kind == "sqlite" else POSTGRES_COPY)
    if not copy.is_file() or digest_of(copy) != manifest.sha256:
        raise click.ClickException(f"{copy} is missing or is not as it was made. Nothing was changed.")
    return copy


def _check_files(source: Path, manifest: Manifest) -> None:
    """Every file that the backup says it holds must be the one that was copied. Ends the command otherwise."""
    if not manifest.has_files:
        return
    lost = set(manifest.lost)
    damaged = list(damaged_files(source, [digest for digest in manifest.files if digest not in lost]))
    for digest in damaged[:MOST_TOLD]:
        click.echo(f"Error: The file {digest} of the backup is missing or was altered.", err=True)
    if damaged:
        raise click.ClickException(
            f"{len(damaged)} of {len(manifest.files)} files of the backup are damaged. Nothing was changed. Take another copy of "
            "it, or go on without them: --despite-damage"
        )


def _check_replacing(may_replace: bool, despite_running: bool) -> None:
    """Check that the data may be replaced and is not in use. Ends the command otherwise."""
    if not may_replace:
        raise click.ClickException(
            "The database is not empty. --replace puts the backup in place of what is there. Stop all servers and workers first."
        )
    if not despite_running and (found := running_processes()):
        raise click.ClickException(
            f"Still running within the last minute: {', '.join(found)}. Nothing was changed. Stop all servers and workers and try "
            "again in a minute. If none of them runs: --despite-running"
        )


def _is_filled() -> bool:
    if runtime().settings.uses_sqlite:
        return sqlite.has_tables(db.engine)
    with db.engine.connect() as connection:
        return postgres.has_tables(connection)


def _put_in_place(copy: Path) -> None:
    runtime().reader.close_connections()
    db.engine.dispose()
    if runtime().settings.uses_sqlite:
        sqlite.restore(db.engine, copy)
    else:
        postgres.restore(db.engine, copy)


def _put_files_in_place(source: Path, manifest: Manifest) -> Iterator[str]:
    """Copy the files; when the backup has none, check that the storage has them, also those that no reader fetches."""
    storage = runtime().storage
    if manifest.has_files:
        for digest in restore_files(source, manifest.files, storage):
            yield f"The file {digest} of the backup is missing or was altered."
    else:
        for digest in missing_files(manifest.files, storage):
            yield f"The file {digest} is not in the storage, and the backup holds no files."


def _faults_of_the_log(manifest: Manifest) -> Sequence[str]:
    """The faults of the log: it must be that of the backup, and whole."""
    log = StoredLog()
    anchors = {checkpoint.sequence: checkpoint.hash for checkpoint in stored_checkpoints()}
    finding = verify(log, log.head, anchors).finding
    if finding is not None:
        return [finding.sentence()]
    if manifest.sequence and hash_of(manifest.sequence) != manifest.hash:
        return [f"Line {manifest.sequence} is not the one that the backup was made with."]
    click.echo(f"The log is whole: {manifest.sequence:,} lines, {len(anchors)} stored checkpoints hold.")
    return []


def _faults_of_content() -> Sequence[str]:
    content = [finding.sentence() for finding in prove_content()]
    files = [finding.sentence() for finding in prove_bytes(runtime().storage)]
    if not content:
        click.echo("What readers get is what was published, by the digests in the log.")
    if not files:
        click.echo("The bytes of all files that readers can fetch are whole.")
    return [*content, *files]


def _tell(faults: Sequence[str], manifest: Manifest) -> None:
    for fault in faults[:MOST_TOLD]:
        click.echo(f"Error: {fault}", err=True)
    if len(faults) > MOST_TOLD:
        click.echo(f"Error: {len(faults) - MOST_TOLD} more.", err=True)
    if faults:
        raise SystemExit(1)
    if not manifest.has_files:
        click.echo(f"The backup holds no files: {len(manifest.files)} must lie in the storage already.")
    click.echo(
        "Look through what came after the backup and is undone: suspended people, revoked keys, withdrawn items."
    )
