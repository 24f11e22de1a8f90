"""What texts and questions cost, whatever they are made of: time in proportion to their length, and a bound for questions."""

from __future__ import annotations

from functools import partial

import pytest

from cms.language.expansions import shipped
from cms.language.highlights import marked
from cms.language.understanding import understand
from cms.language.words import indexed
from tests.core.hostile import EVERY
from tests.core.processor_time import keep, seconds, takes_at_most
from tests.test_text_costs import HALF, LITTLE_SECONDS, WHOLE, is_linear

MEGABYTE = 1_000_000
QUESTION_SECONDS, HIGHLIGHT_SECONDS = 0.05, 0.05
OWN = {
    "words": "banjir jalan ",
    "one word": "a",
    "marks": "a\u0301",
    "marks alone": "\u0301",
    "quotation marks": '"',
    "phrases": '"a b" ',
    "numbers": "1/",
    "apostrophes": "a'",
    "Arabic": "\u0645\u062f ",
    "many in one": "\ufdfa",
    "known phrases": "pajak bumi dan bangunan ",
}

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", EVERY)
def test_what_the_index_holds_takes_no_more_than_the_length_of_the_text(name: str) -> None:
    whole, half = (partial(indexed, EVERY[name](size)) for size in (WHOLE, HALF))

    assert seconds(whole) <= LITTLE_SECONDS or keep(is_linear, whole, half)


@pytest.mark.parametrize("piece", OWN.values(), ids=OWN.keys())
def test_a_question_of_a_megabyte_is_understood_in_fifty_milliseconds(piece: str) -> None:
    q = piece * (MEGABYTE // len(piece))
    shipped()

    assert takes_at_most(QUESTION_SECONDS, lambda: understand(q, shipped()))


@pytest.mark.parametrize("piece", OWN.values(), ids=OWN.keys())
def test_a_highlight_of_a_megabyte_takes_fifty_milliseconds(piece: str) -> None:
    text, query = piece * (MEGABYTE // len(piece)), understand('banjir a 1 "a b" pajak bumi', shipped())

    assert takes_at_most(HIGHLIGHT_SECONDS, lambda: marked(text, query, 200))
