"""`audit`: proofs about the change log.

Exit codes: 0 whole, 1 damaged, 2 the proof could not be made (no database, a checkpoint that cannot be used, no key).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import click

from cms.changes.checkpoints import (
    Signed,
    check_signature,
    is_signed,
    read_checkpoints,
    signed,
    stored_checkpoints,
    trusted_keys,
)
from cms.changes.heads import read_heads
from cms.changes.installation import read_restores, undone_by
from cms.changes.key_succession import TrustedKey
from cms.changes.log import Position
from cms.changes.services import make_checkpoint
from cms.changes.stored_lines import StoredLog, hash_of, nothing
from cms.changes.verification import BEGINNING, Place, Verification, verify
from cms.cli.audit_keys import public_key, rotate_key, show_keys
from cms.cli.proving import NotDone, provable
from cms.core.runtime import runtime
from cms.publishing.proof import ContentFinding
from cms.publishing.stored_content import prove_bytes, prove_content

DAMAGED = 1
PROGRESS_FROM = 50_000
MOST_TOLD = 20
NO_CHECKPOINT = (
    "No checkpoint was given: an end that was cut off or hashed anew, together with the head row and the stored "
    "checkpoints, could not be seen. Keep checkpoints elsewhere and give one with --checkpoint."
)


@dataclass(frozen=True, slots=True)
class Proof:
    """The findings, the number of checkpoints used, and the stored ones that have an unknown key or were altered."""

    verification: Verification
    seconds: float
    checkpoints: int
    given: int
    unknown: list[int]
    altered: list[int]
    undone: Mapping[int, int] = field(default_factory=dict)
    """Lines of checkpoints that a restore has undone, each with the line of that restore."""
    content: Sequence[ContentFinding] | None = None
    """Content that readers get and should not; None: not checked."""

    @property
    def is_whole(self) -> bool:
        """True when nothing was found."""
        return self.verification.finding is None and not self.altered and not self.undone and not self.content

    def as_dict(self) -> dict[str, object]:
        """The proof for machines."""
        finding = self.verification.finding
        return {
            "whole": self.is_whole,
            "lines": self.verification.followed,
            "seconds": round(self.seconds, 3),
            "checkpoints": self.checkpoints,
            "checkpoints_given": self.given,
            "checkpoints_of_unknown_keys": self.unknown,
            "altered_checkpoints": self.altered,
            "first_bad_line": None if finding is None else finding.sequence,
            "until": None if finding is None else finding.until,
            "restored": [{"checkpoint": line, "restore": by} for line, by in sorted(self.undone.items())],
            "damage": None if finding is None else finding.damage.value,
            "content": None if self.content is None else [asdict(found) for found in self.content],
        }


@click.group("audit")
def command() -> None:
    """Prove that the change log, and what readers get, was not altered."""


for each in (public_key, show_keys, rotate_key):
    command.add_command(each)


@command.command("verify")
@click.option(
    "--checkpoint",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint, or a saved answer of /manage/v1/checkpoints, that was kept elsewhere. May be repeated.",
)
@click.option("--public-key", "keys", multiple=True, help="A public key to trust beside this server's own.")
@click.option("--from", "first", type=click.IntRange(min=1), default=1, help="Begin with this line.")
@click.option("--content", is_flag=True, help="Compare what readers get, and the files, with the digests in the log.")
@click.option("--json", "as_json", is_flag=True, help="Write the result as JSON.")
def verify_log(files: Sequence[Path], keys: Sequence[str], first: int, content: bool, as_json: bool) -> None:
    """Follow the hash chain through the log; name the first bad line and what was done.

    With --content also every item that readers have or had, with its edition, and every file that they can fetch.

    Exit code 0: whole, 1: damaged, 2: the proof could not be made.
    """
    with provable():
        proof = _proved(files, keys, first, as_json)
        if content:
            proof = replace(proof, content=[*prove_content(), *prove_bytes(runtime().storage)])
    if as_json:
        click.echo(json.dumps(proof.as_dict()))
    else:
        _tell(proof, first)
    if not proof.is_whole:
        raise SystemExit(DAMAGED)


@command.command("checkpoint")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write to; else standard output.")
def checkpoint(out: Path | None) -> None:
    """Verify the log and sign where it ends, to be kept elsewhere."""
    with provable():
        made = make_checkpoint(_progress("Verifying", hidden=False))
    if out is None:
        click.echo(made.as_json(), nl=False)
        return
    try:
        out.write_text(made.as_json(), encoding="utf-8")
    except OSError as error:
        raise NotDone(f"{out} cannot be written: {error.strerror}.") from None
    click.echo(f"Signed line {made.sequence} with key {made.key_id}: {out}")


def _proved(files: Sequence[Path], keys: Sequence[str], first: int, as_json: bool) -> Proof:
    trusted = trusted_keys(keys)
    given = [checkpoint for path in files for checkpoint in read_checkpoints(path.read_bytes())]
    for checkpoint in given:
        check_signature(checkpoint, trusted)
    restores = read_restores()
    places = {checkpoint: Position(checkpoint.epoch, checkpoint.sequence) for checkpoint in given}
    undone = {each.sequence: by for each, place in places.items() if (by := undone_by(place, restores)) is not None}
    stored, unknown, altered = _stored(trusted)
    anchors = {checkpoint.sequence: checkpoint.hash for checkpoint in stored}
    # A checkpoint that was kept elsewhere wins.
    anchors |= {each.sequence: each.hash for each, place in places.items() if undone_by(place, restores) is None}
    begin = _place_before(first)
    log = StoredLog(begin.sequence or None, _progress("Verifying", hidden=as_json))
    began = time.perf_counter()
    verification = verify(log, log.head, anchors, begin)
    return Proof(verification, time.perf_counter() - began, len(anchors), len(given), unknown, altered, undone)


def _stored(trusted: Mapping[str, TrustedKey]) -> tuple[list[Signed], list[int], list[int]]:
    """The stored checkpoints that a known key has signed; the lines of those of unknown keys, and of those that were altered."""
    usable, unknown, altered = [], [], []
    for kept in map(signed, stored_checkpoints()):
        if kept.key_id not in trusted:
            unknown.append(kept.sequence)
        elif is_signed(kept, trusted):
            usable.append(kept)
        else:
            altered.append(kept.sequence)
    return usable, unknown, altered


def _place_before(first: int) -> Place:
    if first == 1:
        return BEGINNING
    found = hash_of(first - 1)
    if found is None:
        raise NotDone(f"There is no line {first - 1}, so the proof cannot begin behind it.")
    return Place(first - 1, found)


def _progress(label: str, *, hidden: bool) -> Callable[[int], None]:
    """Reports the progress of a long run on standard error."""
    total = read_heads(runtime().reader).sequence
    if hidden or total < PROGRESS_FROM:
        return nothing

    def tell(sequence: int) -> None:
        click.echo(f"{label}: line {sequence:,} of {total:,}", err=True)

    return tell


def _tell(proof: Proof, first: int) -> None:
    if proof.unknown:
        click.echo(
            f"{len(proof.unknown)} stored checkpoints are of unknown keys: --public-key makes them count.", err=True
        )
    for sequence in proof.altered:
        click.echo(f"Error: The stored checkpoint of line {sequence} is not as it was signed.", err=True)
    for sequence, by in sorted(proof.undone.items()):
        click.echo(
            f"Error: restored: line {by} of the log says that the database was taken back; the checkpoint of line {sequence} "
            "is of what that has undone.",
            err=True,
        )
    finding = proof.verification.finding
    if finding is not None:
        click.echo(f"Error: {finding.sentence()}", err=True)
    _tell_content(proof.content or ())
    if not proof.is_whole:
        return
    _tell_what_holds(proof, first)


def _tell_what_holds(proof: Proof, first: int) -> None:
    if proof.content is not None:
        click.echo("What readers get is what was published, and the bytes of all files that they can fetch are whole.")
    click.echo(
        f"The change log is whole: {proof.verification.followed:,} lines in {proof.seconds:.1f} s, "
        f"{proof.checkpoints} checkpoints hold."
    )
    if first > 1:
        click.echo(f"The hash of line {first - 1} was believed; what lies before it was not looked at.")
    if not proof.given:
        click.echo(NO_CHECKPOINT)


def _tell_content(findings: Sequence[ContentFinding]) -> None:
    for found in findings[:MOST_TOLD]:
        click.echo(f"Error: Not as it was published: {found.sentence()}", err=True)
    if len(findings) > MOST_TOLD:
        click.echo(f"Error: {len(findings) - MOST_TOLD} more; --json names all of them.", err=True)
