"""Captions for social media: never longer than 280 characters, words whole, the link never cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.agencies.address_templates import LONGEST_ADDRESS
from cms.core.ids import new_id
from cms.core.runtime import runtime
from cms.editorial.attribution import Addressed, canonical_url, credit_line
from cms.editorial.reposts.social import LONGEST_CAPTION, MOST_HASHTAGS, caption
from tests.conftest import NOW
from tests.factories import CITY

LINK = "https://dpu.balikpapan.example/penutupan-jalan"


class Owner:
    """An agency as a row gives it."""

    def __init__(self, site_url: str | None = None) -> None:
        self.slug, self.name, self.short_name, self.site_url = CITY, "Kota", "Balikpapan", site_url
        self.address_templates: dict[str, str] = {}


def test_a_short_item_is_told_in_full() -> None:
    made = caption("Penutupan Jalan", "Dua hari.", "DPU", ["jalan-raya", "air-bersih"], LINK)
    assert made.text == f"Penutupan Jalan\nDua hari.\n#DPU #JalanRaya #AirBersih\n{LINK}"


def test_a_long_title_ends_with_a_whole_word() -> None:
    title = "Kegiatan " * 40
    made = caption(title, "Ringkasan.", "DPU", ["jalan"], LINK)
    lines = made.text.split("\n")
    assert lines[0].endswith("Kegiatan…")
    assert lines[-1] == LINK
    assert "Ringkasan" not in made.text


def test_a_summary_is_cut_or_left_out() -> None:
    long = "kata " * 100
    assert caption("Judul", long, "DPU", [], LINK).text.split("\n")[1].endswith("kata…")
    crowded = caption("Judul " * 33, long, "DPU", [], LINK)
    assert len(crowded.text.split("\n")) == 3


words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=400)


@given(title=words, summary=st.none() | words, tags=st.lists(words, max_size=20), length=st.integers(20, 320))
def test_whatever_is_told_fits_and_the_link_is_whole(
    title: str, summary: str | None, tags: list[str], length: int
) -> None:
    link = "https://a.example/".ljust(length, "x")
    made = caption(title, summary, "DPU", tags, link)
    assert len(made.text) <= LONGEST_CAPTION
    assert len(made.hashtags) <= MOST_HASHTAGS
    assert (made.text.split("\n")[-1] == link) == (length <= LONGEST_CAPTION)
    for line, source in zip(made.text.split("\n"), (title,), strict=False):
        told = line.removesuffix("…").split()
        if told and line not in {link, " ".join(made.hashtags)}:
            assert set(told[:-1]) <= set(source.split()) | set((summary or "").split())


@pytest.mark.parametrize(
    ("language", "credit", "expected"),
    [
        ("id", None, "Sumber: Dinas PU"),
        ("en", {"unit": "dpu", "initials": ["cha", "mgm"]}, "Source: Dinas PU (dpu/cha/mgm)"),
        ("bjn", {"unit": None, "initials": ["cha"]}, "Sumber: Dinas PU (cha)"),
        ("id", {"unit": "dpu", "initials": None}, "Sumber: Dinas PU (dpu)"),
        ("id", {"unit": None, "initials": []}, "Sumber: Dinas PU"),
    ],
)
def test_credit_lines(language: str, credit: dict[str, object] | None, expected: str) -> None:
    assert credit_line("Dinas PU", language, credit) == expected


@pytest.mark.usefixtures("context")
def test_the_canonical_address_is_the_owner_s_site_or_ours() -> None:
    item = Addressed("post", new_id(), {"slug": "judul"}, NOW)
    ours = f"{runtime().settings.public_url}/go/{item.id}"
    assert canonical_url(Owner("https://dpu.example/"), item) == "https://dpu.example/judul"
    assert canonical_url(Owner("https://dpu.example/b?x=1#y"), item) == "https://dpu.example/b/judul"
    assert canonical_url(Owner(), item) == ours
    long = "https://dpu.example/" + "x" * LONGEST_ADDRESS
    assert canonical_url(Owner(long), item) == ours
