"""nDCG as it is defined, and judgements that say what they seem to say."""

from __future__ import annotations

from collections import Counter
from math import log2
from pathlib import Path

import pytest

from tests.search.relevance.corpus import HERE, texts
from tests.search.relevance.judging import Judged, JudgementError, judged_queries

KEYS = ["air/damai", "air/manggar", "banjir/damai"]
FEWEST_TEXTS, FEWEST_QUERIES, FEWEST_LATER = 600, 80, 20


def judged(tmp_path: Path, *lines: str) -> list[Judged]:
    path = tmp_path / "queries.txt"
    path.write_text("\n".join(lines))
    return judged_queries(path, KEYS)


def test_the_best_order_is_worth_one_and_any_other_less() -> None:
    query = Judged("banjir", {"a": 3, "b": 2, "c": 1})

    assert query.ndcg(["a", "b", "c", "x"]) == 1.0
    assert query.ndcg(["a", "c", "b"]) < 1.0
    assert query.ndcg(["x", "a", "b", "c"]) < query.ndcg(["a", "c", "b"])
    assert query.ndcg(["x", "y"]) == query.ndcg([]) == 0.0


def test_a_worked_example_comes_to_the_same() -> None:
    """Grades 2, 0, 3 where 3, 2 were best: (3 + 7/2) / (7 + 3/log2(3))."""
    assert Judged("banjir", {"a": 3, "b": 2}).ndcg(["b", "x", "a"]) == pytest.approx((3 + 7 / 2) / (7 + 3 / log2(3)))


def test_only_the_first_ten_count() -> None:
    query = Judged("banjir", {f"t{number}": 3 for number in range(12)})

    assert query.ndcg([f"t{number}" for number in range(2, 12)]) == 1.0
    assert query.ndcg([*(f"x{number}" for number in range(10)), "t1"]) == 0.0


def test_a_text_has_the_highest_of_its_grades(tmp_path: Path) -> None:
    found = judged(tmp_path, "# a remark", "", "air mati manggar => 3: air/manggar; 1: air/*")

    assert found == [Judged("air mati manggar", {"air/manggar": 3, "air/damai": 1})]


@pytest.mark.parametrize(
    "line",
    ["air", "air => 3: air/tidak-ada", "air => 4: air/*", "air => air/*", "air => 2: air/*"],
)
def test_a_line_that_says_nothing_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(JudgementError):
        judged(tmp_path, line)


def test_the_corpus_is_large_enough_and_no_two_texts_are_alike() -> None:
    found = texts()

    assert len(found) >= FEWEST_TEXTS
    for once in (lambda text: text.key, lambda text: text.content["title"]):
        assert max(Counter(map(once, found)).values()) == 1
    assert not [text.key for text in found if "{" in str(text.content.values())]


def test_there_are_queries_enough_and_each_is_asked_once() -> None:
    keys = {text.key for text in texts()}
    tuned, later = (judged_queries(HERE / name, keys) for name in ("queries.txt", "later_queries.txt"))

    assert len(tuned) >= FEWEST_QUERIES
    assert len(later) >= FEWEST_LATER
    assert max(Counter(each.query for each in (*tuned, *later)).values()) == 1
