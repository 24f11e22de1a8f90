"""The proof itself: every mutation of a log is found and called by its name, and a whole log is never blamed."""

from __future__ import annotations

import hashlib
import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.changes.chain import GENESIS_HASH, Line, line_hash
from cms.changes.verification import BEGINNING, Damage, Finding, Place, Verification, verify
from tests.changes.mutations import MUTATIONS, Mutate, Stored, whole_log

LINES, TIMES_EACH = 30, 170
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def verified(stored: Stored, anchors: dict[int, str] | None = None, begin: Place = BEGINNING) -> Verification:
    return verify(stored.lines[begin.sequence :], lambda: stored.head, anchors, begin)


def finding_in(stored: Stored, anchors: dict[int, str] | None = None) -> Finding:
    found = verified(stored, anchors).finding
    assert found is not None
    return found


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda mutate: mutate.__name__)
def test_random_mutations_are_all_found_at_their_place_and_called_by_their_name(mutate: Mutate) -> None:
    """Twelve ways, 170 times each: more than 2,000, each against the checkpoint of the end."""
    dice = random.Random(mutate.__name__)
    for _ in range(TIMES_EACH):
        log = whole_log(dice, LINES)
        made = mutate(dice, log)

        found = finding_in(made.stored, {LINES: log.lines[-1].hash})

        assert found.damage in made.kinds, made
        if found.damage is not Damage.REWRITTEN:
            assert found.sequence == made.first, made


def test_a_whole_log_is_whole_with_any_checkpoints_and_from_any_line() -> None:
    dice = random.Random(1)
    for count in range(1, 60):
        log = whole_log(dice, count)
        anchors = {line.sequence: line.hash for line in dice.sample(log.lines, dice.randrange(count + 1))}
        behind = dice.randrange(count + 1)
        begin = Place(behind, log.lines[behind - 1].hash) if behind else BEGINNING

        assert verified(log, anchors).finding is None
        assert verified(log, anchors, begin) == Verification(Place(count, log.lines[-1].hash), count - behind)


def test_an_empty_log_is_whole() -> None:
    assert verified(Stored((), Place(0, GENESIS_HASH))).finding is None
    assert finding_in(Stored((), Place(0, GENESIS_HASH)), {4: "a" * 64}) == Finding(1, Damage.TRUNCATED)


def test_a_rewritten_line_lies_between_the_last_good_checkpoint_and_the_first_bad_one() -> None:
    log = whole_log(random.Random(2), LINES)
    anchors = {number: log.lines[number - 1].hash for number in (10, 20, 30)}
    rewritten = whole_log(random.Random(3), LINES)
    tail = list(log.lines[:14])
    for line in rewritten.lines[14:]:
        tail.append(line._replace(hash=line_hash(line, tail[-1].hash)))

    assert finding_in(Stored(tuple(tail), Place(LINES, tail[-1].hash)), anchors) == Finding(11, Damage.REWRITTEN, 20)


def test_without_a_checkpoint_a_rewritten_log_looks_whole() -> None:
    """What the command says in words: this is why checkpoints are kept elsewhere."""
    log = whole_log(random.Random(4), LINES)
    assert verified(Stored(log.lines[:12], Place(12, log.lines[11].hash))).finding is None


@given(st.builds(dict, actor_label=TEXT, resource_id=TEXT, agency=st.none() | TEXT, fields=st.lists(TEXT, max_size=3)))
def test_hashes_are_those_of_the_released_format(values: dict[str, Any]) -> None:
    """What was written before must stay verifiable: the JSON of the standard library, keys sorted, no spaces, no escapes."""
    line = whole_log(random.Random(5), 1).lines[0]._replace(**values)
    content = {name: getattr(line, name) for name in Line._fields if name != "hash"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert line_hash(line, "ab") == hashlib.sha256(f"simpul-log-1\nab\n{text}".encode()).hexdigest()
