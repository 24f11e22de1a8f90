"""Any string at all: operators, quotes, emoji, Arabic, lone surrogates. Nothing raises, nothing but letters and digits comes out."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.core.characters import without_hiding
from cms.language.expansions import Expansions, shipped
from cms.language.highlights import marked
from cms.language.understanding import MOST_ALTERNATIVES, MOST_WORDS, understand
from cms.language.words import folded, indexed
from tests.language.test_understanding import finds

KEY = re.compile("[a-z0-9]+")
PIECES = st.sampled_from(
    [
        "jalan", "penutupan", "dishub", "e-KTP", "188.45/12/2026", "no. 12 thn 2026", "Jum'at", "NOT", "AND", "OR", "NEAR(", "*", "^", ":", "-",
        '"', "\u201c", "'", "(", ")", "&", "|", "!", "<->", "<2>", ":*", "\\", "\x00", "\ud800", "\udfff", "\U0001f600", "\u200d", "\u0301",
        "\u0645\u062f\u064a\u0646\u0629", "\u06f1\u06f2", "\ufdfa", "\u1e9e", "\u0130", "\u2160", "\u00bd", "\ufb01", "\U00010400", "\u4e2d\u6587",
        "<mark>", "</mark>", "&lt;", " ", "  ", "\n", "/", ".", ",", "+", "_", "%", "title:", "{", "}", "[", "]", "~", "=", "''", "--", ";", "$1",
    ]
)  # fmt: skip
QUESTIONS = st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=12).map("".join)
# A list of them is one example: a hundred times a hundred questions are asked.
MANY = st.lists(QUESTIONS, min_size=100, max_size=100)
SLOWLY = settings(max_examples=100, deadline=None)

pytestmark = pytest.mark.slow


@SLOWLY
@given(MANY)
def test_a_question_becomes_letters_and_digits_and_finds_itself(questions: list[str]) -> None:
    for q in questions:
        query = understand(q, shipped())
        keys = [key for group in query.groups for phrase in group.alternatives for key in phrase]
        keys += [prefix for group in query.groups for prefix in group.prefixes]
        assert [key for key in keys if KEY.fullmatch(key) is None] == []
        assert len(query.groups) <= MOST_WORDS
        assert all(len(group.alternatives) <= MOST_ALTERNATIVES for group in query.groups)
        assert bool(query.groups) == bool(folded(q))
        assert not query.groups or finds(understand(q, Expansions({}, 0)), q)


@SLOWLY
@given(MANY)
def test_a_highlight_says_what_the_text_says_and_has_no_other_markup(texts: list[str]) -> None:
    query = understand('jalan "penutupan jalan" 12/2026 dish', shipped())
    for text in texts:
        shown = marked(text, query, 10_000)
        assert re.findall("<[^>]*>", shown) == ["<mark>", "</mark>"] * shown.count("<mark>")
        plain = html.unescape(shown.replace("<mark>", "").replace("</mark>", ""))
        assert plain == without_hiding(re.sub(r"\s+", " ", text))
        marked(text, query, 5).encode()


@SLOWLY
@given(MANY)
def test_words_stay_the_same_when_they_are_folded_again(texts: list[str]) -> None:
    for text in texts:
        words = folded(text)
        assert folded(" ".join(words)) == words
        assert indexed(" ".join(words)) == indexed(text)
