"""One rule for characters that nobody sees, in every text: refused with their place, taken out, or a line break (R-H6)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from marshmallow import ValidationError

from cms.core.bounded_text import LONGEST_MARK_RUN
from cms.core.characters import first_hiding, on_one_line, tidied, without_hiding
from cms.core.http.fields import Text
from cms.core.http.input_errors import decoded

HIDING = [*"\x00\x1b\x7f\x9f\u202a\u202e\u2066\u2069\ufdd0\uffff\U000e0041\U0001d173\U0010ffff"]
SAYS_NOTHING = [*"\u00ad\u200b\u2060\ufeff\u180e\u206a\ufff9\u200e\u200f\u061c\u200c\u200d"]
BREAKS = [*"\x0b\x0c\x85\u2028\u2029"]
UNSEEN = st.sampled_from([*HIDING, *SAYS_NOTHING, *BREAKS])


def read(text: str, *, lines: bool = False) -> str:
    """What a text field keeps."""
    kept: str = Text(max=1_000, lines=lines).deserialize(text)
    return kept


@pytest.mark.parametrize("character", HIDING)
@pytest.mark.parametrize("lines", [True, False])
def test_what_can_hide_or_reorder_text_is_refused_and_its_place_named(character: str, *, lines: bool) -> None:
    with pytest.raises(ValidationError) as refused:
        read(f"Wali{character}kota", lines=lines)
    [message] = refused.value.messages
    assert decoded(message) == ("bad_characters", {"character": f"U+{ord(character):04X}", "place": 5})


@pytest.mark.parametrize("character", SAYS_NOTHING)
@pytest.mark.parametrize("lines", [True, False])
def test_what_says_nothing_is_taken_out(character: str, *, lines: bool) -> None:
    assert read(f"{character}Wali{character}kota{character}", lines=lines) == "Walikota"


@pytest.mark.parametrize("character", [*BREAKS, "\n", "\t", "\r\n"])
def test_a_line_break_of_any_kind_is_a_space_in_one_line(character: str) -> None:
    assert read(f"Wali{character}Kota{character}") == "Wali Kota"


@pytest.mark.parametrize("character", BREAKS)
def test_a_line_break_of_another_kind_is_a_line_break_in_several_lines(character: str) -> None:
    assert read(f"Wali{character}Kota", lines=True) == "Wali\nKota"


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f468\u200d\U0001f469\u200d\U0001f466 keluarga",
        "\u2764\ufe0f\u200d\U0001f525",
        "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 12\u200e-\u200f5",
        "\ua9b2\ua9c0\u200d\ua9a4 Jawa",
    ],
)
def test_scripts_and_signs_that_need_such_characters_keep_them(text: str) -> None:
    assert read(text) == text


@given(st.lists(st.characters(codec="utf-8") | UNSEEN).map("".join))
@example("\u0250\u200c\u200c")
@example("\u0250\u200c\u200ex")
def test_nothing_invisible_is_left_and_tidying_again_changes_nothing(text: str) -> None:
    once = tidied(without_hiding(text))

    assert first_hiding(once) is None
    assert tidied(without_hiding(once)) == once
    assert [char for char in once if unicodedata.category(char) in {"Cc", "Zl", "Zp"}] == [
        char for char in once if char in "\t\n\r"
    ]
    assert on_one_line(once) == on_one_line(once).replace("\n", "")


def test_marks_that_stand_in_a_row_once_nothing_is_between_them_are_bounded() -> None:
    text = "a" + ("\u0301" * LONGEST_MARK_RUN + "\u034f") * 20
    with pytest.raises(ValidationError) as refused:
        read(text)
    assert decoded(str(refused.value.messages[0]))[0] == "too_many_marks"
