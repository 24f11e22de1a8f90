"""What somebody with the rights of the database could do to a log, at random places, on lines in memory."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cms.changes.chain import GENESIS_HASH, Line, line_hash
from cms.changes.verification import Damage, Place

CONTENT = tuple(name for name in Line._fields if name not in {"sequence", "hash"})
ACTIONS = ("post.created", "post.updated", "post.published", "user.signed_in", "key.revoked")


@dataclass(frozen=True)
class Stored:
    """A log as it lies in a database: its lines in the order of their numbers, and the head row."""

    lines: tuple[Line, ...]
    head: Place | None


@dataclass(frozen=True)
class Mutation:
    """A damaged log, the first bad line and the kinds by which it may be called."""

    stored: Stored
    first: int
    kinds: frozenset[Damage]


Mutate = Callable[[random.Random, Stored], Mutation]


def whole_log(dice: random.Random, count: int) -> Stored:
    """A log of lines that differ from each other."""
    lines: list[Line] = []
    for sequence in range(1, count + 1):
        action = dice.choice(ACTIONS)
        line = Line(
            action=action,
            actor_id=dice.choice([None, f"019ac1a0-7c00-7000-8000-{dice.randrange(9):012d}"]),
            actor_label=dice.choice(["Siti Rahmah", "Ćevapi \u2028 \x7f 🙂", "system: presenter"]),
            agency=dice.choice([None, "dpu", "dishub"]),
            edition=dice.choice([None, 1, 2, 3]),
            facts=dice.choice([{"via": "person"}, {"cause": {"id": "7", "kind": "rebuild"}, "via": "system"}]),
            fields=dice.choice([[], ["title"], ["body", "title"]]),
            is_public=action == "post.published",
            recorded_at=1_795_000_000_000_000 + sequence * 1_000_003,
            request_id=dice.choice([None, f"r-{sequence}"]),
            resource_id=f"item-{dice.randrange(20)}",
            resource_type=action.split(".")[0],
            sequence=sequence,
            hash="",
        )
        lines.append(chained(line, lines[-1].hash if lines else GENESIS_HASH))
    return Stored(tuple(lines), Place(count, lines[-1].hash))


def chained(line: Line, previous: str) -> Line:
    return line._replace(hash=line_hash(line, previous))


def mutation(stored: Stored, lines: Sequence[Line], first: int, *kinds: Damage) -> Mutation:
    return Mutation(replace(stored, lines=tuple(lines)), first, frozenset(kinds))


def alter(dice: random.Random, stored: Stored) -> Mutation:
    """Another value in one column of one line."""
    at = dice.randrange(len(stored.lines))
    line = stored.lines[at]
    name = dice.choice((*CONTENT, "hash"))
    lines = list(stored.lines)
    lines[at] = line._replace(**{name: other(dice, name, getattr(line, name))})
    return mutation(stored, lines, at + 1, Damage.ALTERED)


def other(dice: random.Random, name: str, value: Any) -> Any:
    """A value of the same column that is not this one; now and then one of another type."""
    choices: dict[str, list[Any]] = {
        "edition": [None, 0, 4, 5, "3", 2**70],
        "fields": [None, [], ["slug"], {"title": 1}, "[]"],
        "is_public": [True, False, 2, None],
        "recorded_at": [None, 0, 1_795_000_000_000_000],
        "hash": ["0" * 64, "f" * 64, "", None],
    }
    found = choices.get(name, [None, "", "somebody else", "post.unpublished", b"\xff"])
    return dice.choice([each for each in found if each != value or type(each) is not type(value)])


def delete(dice: random.Random, stored: Stored) -> Mutation:
    """A line is gone; the others stay."""
    at = dice.randrange(len(stored.lines) - 1)
    return mutation(stored, stored.lines[:at] + stored.lines[at + 1 :], at + 1, Damage.DELETED)


def delete_and_renumber(dice: random.Random, stored: Stored) -> Mutation:
    """Lines are gone, and those behind take their numbers."""
    at = dice.randrange(len(stored.lines) - 1)
    count = dice.randrange(1, min(4, len(stored.lines) - at))
    moved = [line._replace(sequence=line.sequence - count) for line in stored.lines[at + count :]]
    return mutation(stored, [*stored.lines[:at], *moved], at + 1, Damage.DELETED)


def insert(dice: random.Random, stored: Stored) -> Mutation:
    """A forged line with a hash that fits; those behind move up."""
    at = dice.randrange(len(stored.lines))
    forged = forged_line(dice, stored, at)
    moved = [line._replace(sequence=line.sequence + 1) for line in stored.lines[at:]]
    # In the place of the last line it would be the checkpoint that does not fit: there it has a hash that does not.
    if dice.random() < 0.5 or at + 1 == len(stored.lines):
        return mutation(stored, [*stored.lines[:at], forged._replace(hash="e" * 64), *moved], at + 1, Damage.INSERTED)
    # A line that fits is good by itself: the next one is the first that does not.
    return mutation(stored, [*stored.lines[:at], forged, *moved], at + 2, Damage.INSERTED)


def append(dice: random.Random, stored: Stored) -> Mutation:
    """A forged line behind the last one, which the head row does not know; its number may leave a gap."""
    forged = forged_line(dice, stored, len(stored.lines))
    number = len(stored.lines) + dice.choice([1, 1, 5])
    fitting = chained(forged._replace(sequence=number), stored.lines[-1].hash)
    return mutation(stored, [*stored.lines, fitting], len(stored.lines) + 1, Damage.INSERTED)


def insert_beside_the_numbers(dice: random.Random, stored: Stored) -> Mutation:
    """A forged line before the first one, or under a number that SQLite takes and that is none."""
    number = dice.choice([0, -4, 2.5, "abc"])
    forged = forged_line(dice, stored, 0)._replace(sequence=number)
    at = {0: 0, -4: 0, 2.5: 2, "abc": len(stored.lines)}[number]
    return mutation(stored, [*stored.lines[:at], forged, *stored.lines[at:]], at + 1, Damage.INSERTED)


def forged_line(dice: random.Random, stored: Stored, at: int) -> Line:
    line = dice.choice(stored.lines)._replace(sequence=at + 1, actor_label="somebody else")
    return chained(line, stored.lines[at - 1].hash if at else GENESIS_HASH)


def swap(dice: random.Random, stored: Stored) -> Mutation:
    """Two lines change places, with their hashes or without them."""
    first, second = sorted(dice.sample(range(len(stored.lines)), 2))
    one, two = stored.lines[first], stored.lines[second]
    lines = list(stored.lines)
    with_hash = dice.random() < 0.5
    lines[first] = two._replace(sequence=one.sequence, hash=two.hash if with_hash else one.hash)
    lines[second] = one._replace(sequence=two.sequence, hash=one.hash if with_hash else two.hash)
    return mutation(stored, lines, first + 1, Damage.REORDERED)


def move(dice: random.Random, stored: Stored) -> Mutation:
    """One line goes to another place; those between move up or down."""
    source, target = dice.sample(range(len(stored.lines)), 2)
    order = list(stored.lines)
    order.insert(target, order.pop(source))
    lines = [line._replace(sequence=number) for number, line in enumerate(order, start=1)]
    return mutation(stored, lines, min(source, target) + 1, Damage.REORDERED)


def renumber(dice: random.Random, stored: Stored) -> Mutation:
    """One line gets a number behind all others, or before them."""
    at = dice.randrange(len(stored.lines) - 1)
    line = stored.lines[at]
    rest = stored.lines[:at] + stored.lines[at + 1 :]
    if dice.random() < 0.5:
        return mutation(stored, [*rest, line._replace(sequence=10_000)], at + 1, Damage.REORDERED)
    return mutation(stored, [line._replace(sequence=-1), *rest], 1, Damage.REORDERED)


def truncate(dice: random.Random, stored: Stored) -> Mutation:
    """The end is cut off; the head row is left, or set back as well: then only a checkpoint knows."""
    left = dice.randrange(1, len(stored.lines))
    head = dice.choice([stored.head, Place(left, stored.lines[left - 1].hash)])
    return mutation(replace(stored, head=head), stored.lines[:left], left + 1, Damage.TRUNCATED)


def rewrite(dice: random.Random, stored: Stored) -> Mutation:
    """A line is altered and everything from there on hashed anew, the head row too: only a checkpoint knows."""
    at = dice.randrange(len(stored.lines))
    lines = list(stored.lines)
    lines[at] = lines[at]._replace(actor_label="somebody else")
    for number in range(at, len(lines)):
        lines[number] = chained(lines[number], lines[number - 1].hash if number else GENESIS_HASH)
    head = Place(len(lines), lines[-1].hash)
    return mutation(replace(stored, head=head), lines, 0, Damage.REWRITTEN)


def change_head(dice: random.Random, stored: Stored) -> Mutation:
    """The head row says something else, or is gone."""
    last = len(stored.lines)
    head = dice.choice([None, Place(last, "f" * 64), Place(last + 3, stored.lines[-1].hash)])
    return mutation(replace(stored, head=head), stored.lines, last, Damage.HEAD)


MUTATIONS: tuple[Mutate, ...] = (
    alter,
    delete,
    delete_and_renumber,
    insert,
    append,
    insert_beside_the_numbers,
    swap,
    move,
    renumber,
    truncate,
    rewrite,
    change_head,
)
