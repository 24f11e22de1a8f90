"""Differences between texts: they always add up, and hostile texts cost a bounded time."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.editorial.history.diff import text_changes
from tests.core.processor_time import takes_at_most

WORDS = st.lists(
    st.sampled_from(["jalan", "Jalan", " ", "  ", "\n", ".", ",", "ditutup", "<b>", "é", "\r\n"]), max_size=40
)
LONGEST = 200_000
SECONDS = 2.0
"""What the slowest of the hostile pairs may take on a busy machine; a quiet one needs a tenth of a second."""


def parts(before: str, after: str) -> list[tuple[str, str]]:
    return [(change.op, change.text) for change in text_changes(before, after)]


def assert_adds_up(before: str, after: str) -> None:
    changes = parts(before, after)
    assert "".join(text for op, text in changes if op != "insert") == before
    assert "".join(text for op, text in changes if op != "delete") == after
    assert all(text for _op, text in changes)
    assert all(one[0] != other[0] for one, other in pairwise(changes))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(WORDS, WORDS)
def test_the_pieces_make_up_both_texts(before: list[str], after: list[str]) -> None:
    assert_adds_up("".join(before), "".join(after))


def test_words_are_replaced_as_words() -> None:
    assert parts("Jalan ditutup hari Selasa.", "Jalan dibuka hari Rabu.") == [
        ("equal", "Jalan "),
        ("delete", "ditutup"),
        ("insert", "dibuka"),
        ("equal", " hari "),
        ("delete", "Selasa"),
        ("insert", "Rabu"),
        ("equal", "."),
    ]


def test_equal_and_empty_texts() -> None:
    assert parts("", "") == []
    assert parts("sama", "sama") == [("equal", "sama")]
    assert parts("", "baru") == [("insert", "baru")]
    assert parts("lama", "") == [("delete", "lama")]


def test_a_small_edit_of_a_long_text_is_told_by_word() -> None:
    chance = random.Random(7)
    lines = [" ".join(chance.choices(["jalan", "air", "warga", "kota", "dinas"], k=30)) for _ in range(1_000)]
    edited = [*lines[:500], lines[500].replace("warga", "penduduk", 1), *lines[501:]]

    changes = parts("\n".join(lines), "\n".join(edited))

    assert [text for op, text in changes if op != "equal"] == ["warga", "penduduk"]


def hostile(kind: str) -> tuple[str, str]:
    """Two texts of the largest allowed size that have as little in common as their alphabet allows."""
    chance = random.Random(kind)
    letters = {"points": ".,", "lines": "\na", "words": "ab ", "spaces": " \t"}.get(kind, "ab .\n")
    one, other = ("".join(chance.choices(letters, k=LONGEST)) for _ in range(2))
    return (one, other.replace("\n", "")) if kind == "one line" else (one, other)


@pytest.mark.parametrize("kind", ["points", "lines", "words", "spaces", "one line", "mixed"])
def test_hostile_texts_cost_a_bounded_time(kind: str) -> None:
    before, after = hostile(kind)

    assert takes_at_most(SECONDS, lambda: assert_adds_up(before, after))
