"""Did you mean: slips are corrected by the words that the texts have."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pytest

from cms.language.expansions import shipped
from cms.language.spelling import corrected, nearest
from cms.language.understanding import understand
from cms.language.words import indexed


class Texts:
    """A vocabulary as the index keeps it: words with the number of texts that have them."""

    def __init__(self, counts: dict[str, int]) -> None:
        self.counts = counts
        self.keys = {indexed(word) for word in counts}

    def known(self, keys: Collection[str]) -> Collection[str]:
        return self.keys.intersection(keys)

    def near(self, beginnings: Collection[str], shortest: int, longest: int) -> Iterable[tuple[str, int]]:
        return [
            (word, count)
            for word, count in self.counts.items()
            if word[0] in beginnings and shortest <= len(word) <= longest
        ]


TEXTS = Texts(
    {"kendaraan": 9, "jalan": 50, "jajan": 2, "jalar": 2, "penutupan": 4, "pajak": 8, "sepinggan": 3, "puskesmas": 5}
)


@pytest.mark.parametrize(
    ("q", "better"),
    [
        ("kendaran", "kendaraan"),
        ("uji kendraan", "uji kendaraan"),
        ("Kednaraan 2026!", "kendaraan 2026!"),
        ('"penutpan jalan"', '"penutupan jalan"'),
        ("pajka", "pajak"),
        ("jaaln", "jalan"),
        ("akjap", None),
        ("sepingan", "sepinggan"),
        ("puksesms", "puskesmas"),
        ("ditutup", None),
        ("jalan", None),
        ("jlan", "jalan"),
        ("jln", None),
        ("2062", None),
        ("", None),
        ("\u0645\u062f\u064a\u0646\u0629", None),
    ],
)
def test_slips_are_corrected(q: str, better: str | None) -> None:
    assert corrected(understand(q, shipped()), TEXTS) == better


def test_of_equally_near_words_the_more_frequent_is_taken() -> None:
    assert nearest("jalal", TEXTS) == "jalan"
