"""The evaluation of moderation: how many injected texts it finds, and how many honest ones it holds (R-C6).

The parts `dev`, `dev2` and `dev3` were used for tuning the lexicon. `held_out` was written before it, by the same hand;
`last` was written when the lexicon was finished and was never tuned on: its figures are the honest ones.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from cms.moderation.folding import folded
from cms.moderation.scanning import advertises_gambling, gambling_words
from tests.conftest import SHARED_DATA
from tests.core.processor_time import keep, seconds, takes_at_most
from tests.moderation.texts import SPOILS, clean, demonstration, injected

PARTS = ("dev", "dev2", "dev3", "held_out", "last")


def test_recall_and_false_holds_of_the_labelled_set(capsys: pytest.CaptureFixture[str]) -> None:
    found, attacks, held, honest = 0, 0, 0, 0
    lines = []
    for part in PARTS:
        hits = [advertises_gambling(text) for _way, text in injected(part)]
        holds = [advertises_gambling(text) for text in clean(part)]
        lines.append(
            f"{part:9} injected {len(hits):4}: recall {sum(hits) / len(hits):6.1%}   "
            f"clean {len(holds):4}: held {sum(holds) / len(holds):5.1%}"
        )
        found, attacks = found + sum(hits), attacks + len(hits)
        held, honest = held + sum(holds), honest + len(holds)
        assert sum(hits) >= 0.9 * len(hits), part
    with capsys.disabled():
        print("\n" + "\n".join(lines))
        print(
            f"all       injected {attacks:4}: recall {found / attacks:6.1%}   clean {honest:4}: held {held / honest:5.1%}"
        )

    assert attacks >= 300
    assert honest >= 1_000
    assert found / attacks >= 0.95
    assert held / honest <= 0.01


@pytest.mark.parametrize("way", SPOILS)
def test_every_disguise_is_seen_through(way: str) -> None:
    text = SPOILS[way]("Daftar situs slot gacor deposit pulsa, togel online terpercaya")
    assert advertises_gambling(text)


@pytest.mark.parametrize(
    "text",
    [
        "Tersedia 40 slot parkir baru di Klandasan.",
        "Pilih slot waktu perekaman KTP lewat aplikasi.",
        "Kunjungan kerja dari Kota Bandar Lampung ke bandar udara Sepinggan.",
        "Pembangunan RTP di Kelurahan Damai rampung.",
        "Polisi menangkap bandar togel dan pengelola situs slot online.",
        "Jauhi judi online! Sosialisasi bahaya judol di SMP Negeri 1.",
    ],
)
def test_context_decides(text: str) -> None:
    assert not advertises_gambling(text)


def test_news_about_gambling_is_no_shield_for_an_offer() -> None:
    news = "Polisi menangkap tersangka judi online, kata Kapolresta. Hakim akan memvonis."
    offer = "Daftar slot gacor maxwin, bonus new member dan depo receh, gampang menang!"
    assert advertises_gambling(f"{news} {offer} {news}")


def test_the_demonstration_city_and_the_seed_article_pass() -> None:
    texts = list(demonstration())
    article = SHARED_DATA / "seed_article.txt"
    if article.exists():
        texts.append(article.read_text(encoding="utf-8"))
    assert len(texts) > 100
    assert [text[:60] for text in texts if advertises_gambling(text)] == []


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("s l o t", "slot"), ("S.L.O.T", "slot"), ("$l0t", "slot"), ("s1ot", "slot"), ("slooooot", "slot"), ("ｓｌｏｔ", "slot"),
        ("ѕlоt", "slot"), ("s\u200bl\u00ado\u2060t", "slot"), ("slót", "slot"), ("&#115;lot", "slot"), ("🅂🄻🄾🅃", "slot"),
        ("🆂🅻🅾🆃", "slot"), ("ꜱʟᴏᴛ", "slot"), ("slot88", "slot"),
    ],
)  # fmt: skip
def test_folding(written: str, word: str) -> None:
    assert folded(written).words == [word]


HOSTILE: dict[str, Callable[[int], str]] = {
    "one word": lambda size: "a" * size,
    "single letters": lambda size: "a " * (size // 2),
    "digits": lambda size: "1" * size,
    "one term": lambda size: "slot " * (size // 5),
    "report": lambda size: "judi slot polisi tersangka " * (size // 26),
    "letters and digits": lambda size: "a1" * (size // 2),
    "entities": lambda size: "&#115;" * (size // 6),
    "look-alikes": lambda size: "а" * size,
    "signs": lambda size: "$@!|" * (size // 4),
    "brands": lambda size: "dewa88x" * (size // 7),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_the_length_and_no_faster(name: str) -> None:
    """Processor time, so that neighbours on the machine do not count; generous, so that only another order fails."""
    small, large = HOSTILE[name](20_000), HOSTILE[name](200_000)

    advertises_gambling("slot")
    assert keep(
        lambda most, least: most <= 40 * max(least, 0.002),
        lambda: advertises_gambling(large),
        lambda: advertises_gambling(small),
    )


def test_an_ordinary_body_takes_about_a_millisecond(capsys: pytest.CaptureFixture[str]) -> None:
    body = "\n".join(demonstration())[:4_096]
    advertises_gambling(body)

    def fifty() -> None:
        for _ in range(50):
            advertises_gambling(body)

    with capsys.disabled():
        print(f"\n4 KB: {seconds(fifty) / 50 * 1_000:.2f} ms of processor time")
    assert takes_at_most(50 * 0.005, fifty)


def test_identifiers_are_no_words() -> None:
    held = [text for number in range(5_000) if advertises_gambling(text := f"Satu {UUID(int=number * 7**40 % 2**128)}")]
    assert held == []


@pytest.mark.parametrize(
    "text",
    [
        "Kendaraan dinas KT1088 dan KT1099 dilelang.",
        "Nomor,Merek\nB1088,Avanza\nB1099,Innova\n",
        "Aset AST10088, AST10099 dan KT1234D; ruas INV138 sampai INV188.",
        "Anggaran 70931, realisasi 5107, sisa 94602.",
        "Nomor polisi T7093, TO931 dan B5107.",
    ],
)
def test_codes_of_letters_and_digits_and_numbers_are_no_disguised_words(text: str) -> None:
    assert gambling_words(text) == ()


def test_a_table_of_number_plates_and_asset_numbers_passes() -> None:
    for prefix in ("B", "KT", "AST", "INV"):
        rows = "\n".join(f"{prefix}{number},Kendaraan dinas" for number in range(1, 3_000))
        assert gambling_words(rows) == (), prefix


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Main di dewa88 dan raja138", ("dewa88", "raja138")),
        ("t0g3l77 d3w4d88", ("t0g3l77", "d3w4d88", "togel")),
        ("S.l.o.t  g4c0r hari ini", ("slot", "slot gacor")),
        ("situsslotgacor", ("gacor", "situsslot")),
    ],
)
def test_it_is_told_what_was_found(text: str, words: tuple[str, ...]) -> None:
    assert set(words) <= set(gambling_words(text))
