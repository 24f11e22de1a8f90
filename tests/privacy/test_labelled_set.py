"""What is found in a labelled set of texts, and how many clean pages would be held. Run with `-s` to see the figures."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence

import pytest

from cms.privacy.kinds import DataKind
from cms.privacy.scanning import NUMBERS, find_personal_data
from config import PROJECT_ROOT
from tests.privacy.held_out_pages import held_out_pages
from tests.privacy.held_out_people import held_out_people
from tests.privacy.tuned_pages import tuned_pages
from tests.privacy.tuned_people import Labelled, tuned_people

NIK_AND_KK = frozenset({DataKind.NIK, DataKind.FAMILY_CARD})
LEAST_FOUND, MOST_HELD, LEAST_OF_OTHERS = 0.98, 0.01, 0.9
PEOPLE = {"tuned": tuned_people(435), "held out": held_out_people(231)}
PAGES = {"tuned": tuned_pages(1_000), "held out": held_out_pages(500)}
REAL = PROJECT_ROOT.parent / "shared" / "data" / "dip"


def is_found(sample: Labelled) -> bool:
    """True when the value is found; a family card without its word may be taken for a NIK, and the other way round."""
    kinds = NUMBERS if sample.kind in NUMBERS else {sample.kind}
    return any(hit.value == sample.value and hit.kind in kinds for hit in find_personal_data(sample.text))


def test_the_set_is_as_large_as_it_says_and_a_third_is_held_out() -> None:
    people, pages = (sum(map(len, parts.values())) for parts in (PEOPLE, PAGES))

    assert people >= 400
    assert pages >= 1_500
    assert len(PEOPLE["held out"]) * 3 >= people
    assert len(PAGES["held out"]) * 3 >= pages
    assert len(set(PAGES["tuned"]) | set(PAGES["held out"])) == pages


@pytest.mark.parametrize("part", PEOPLE)
def test_nearly_all_personal_data_are_found(part: str) -> None:
    found, all_of = Counter[str](), Counter[str]()
    for sample in PEOPLE[part]:
        group = "NIK and KK" if sample.kind in NIK_AND_KK else sample.kind.value
        all_of[group] += 1
        found[group] += is_found(sample)

    shares = {group: found[group] / total for group, total in all_of.items()}
    print(f"\n{part}: " + ", ".join(f"{group} {found[group]} of {all_of[group]}" for group in all_of))
    assert shares.pop("NIK and KK") >= LEAST_FOUND
    assert min(shares.values()) >= LEAST_OF_OTHERS


@pytest.mark.parametrize("part", PAGES)
def test_hardly_a_clean_page_is_held(part: str) -> None:
    held = _held(PAGES[part])

    print(f"\n{part}: {len(held)} of {len(PAGES[part])} clean pages would be held: {_kinds(held)}")
    assert len(held) <= MOST_HELD * len(PAGES[part])


@pytest.mark.skipif(not REAL.is_dir(), reason="registers of real agencies are not beside the project")
def test_no_line_of_real_registers_is_held() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(REAL.glob("*.csv"))]
    lines = [" ".join(row) for text in texts for row in csv.reader(text.splitlines())]

    held = _held(lines)

    print(f"\n{len(held)} of {len(lines)} lines of real registers would be held: {_kinds(held)}")
    assert lines
    assert len(held) <= MOST_HELD * len(lines)


def _held(pages: Sequence[str]) -> list[str]:
    return [page for page in pages if find_personal_data(page)]


def _kinds(pages: Sequence[str]) -> dict[str, int]:
    return dict(Counter(hit.kind.value for page in pages for hit in find_personal_data(page)))
