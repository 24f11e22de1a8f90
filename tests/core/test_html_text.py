"""Lists and tables say the same in HTML and in text: every number, every value under its heading."""

from __future__ import annotations

from itertools import count

from hypothesis import example, given, settings
from hypothesis import strategies as st

from cms.core.html_text import plain_text
from cms.core.sanitize import sanitized_html
from tests.core.pages import Item, Page, number_as


@st.composite
def lists(draw: st.DrawFn) -> tuple[str, list[Item]]:
    """A list in lists with types, starts and values, and what stands before each word."""
    numbers = count()
    expected: list[Item] = []

    def made(depth: int) -> str:
        is_numbered, is_reversed = draw(st.booleans()), draw(st.booleans())
        kind = draw(st.sampled_from(["", "1", "a", "A", "i", "I"])) if is_numbered else ""
        start = draw(st.none() | st.integers(1, 9))
        size = draw(st.integers(1, 3))
        number = start if start is not None else (size if is_reversed else 1)
        items = ""
        for _ in range(size):
            value = draw(st.none() | st.integers(1, 9)) if is_numbered else None
            number = number if value is None else value
            word = f"kata{next(numbers)}x"
            expected.append(Item(f"{number_as(number, kind or '1')}." if is_numbered else "-", word))
            inner = made(depth - 1) if depth and draw(st.booleans()) else ""
            text = draw(st.sampled_from(["{}", "<p>{}</p>", "<p dir=ltr><span style='font-weight:400'>{}</span></p>"]))
            items += f"<li{'' if value is None else f' value={value}'}>{text.format(word)}{inner}</li>"
            number += -1 if is_reversed else 1
        if not is_numbered:
            return f"<ul>{items}</ul>"
        written = draw(st.sampled_from(["type", "style"])) if kind else ""
        names = {"1": "decimal", "a": "lower-alpha", "A": "upper-latin", "i": "lower-roman", "I": "upper-roman", "": ""}
        attributes = {"type": f" type={kind}", "style": f' style="margin:0; list-style-type: {names[kind]}"', "": ""}
        begin = f" start={start}" if start is not None else ""
        return f"<ol{attributes[written]}{begin}{' reversed' if is_reversed else ''}>{items}</ol>"

    return made(2), expected


@settings(max_examples=60, deadline=None)
@given(lists())
@example(('<ol type="a"><li>kata0x</li><li>kata1x</li></ol>', [Item("a.", "kata0x"), Item("b.", "kata1x")]))
def test_lists_have_the_same_numbers_as_written_in_html_and_in_text(made: tuple[str, list[Item]]) -> None:
    source, expected = made
    html = sanitized_html(source, "html")

    assert Page(html).items == expected
    in_text = [Item(*line.split()) for line in plain_text(html).split("\n")]
    assert in_text == expected


def test_numbers_beyond_the_alphabet_and_below_one_are_those_of_a_browser() -> None:
    source = "<ol type=a start=26><li>z<li>aa</ol><ol type=I start=' +1994 '><li>x</ol><ol type=i start=-1><li>x<li>x<li>x</ol>"
    text = plain_text(sanitized_html(source, "html"))
    assert [line.split()[0] for line in text.split("\n") if line] == ["z.", "aa.", "MCMXCIV.", "-1.", "0.", "i."]


def test_an_item_of_a_list_that_says_its_kind_by_style_names_the_list() -> None:
    """As Google Docs writes it."""
    item = "<li dir=ltr style='list-style-type:{};font-size:11pt'><p dir=ltr>{}</p></li>"
    source = f"<ol>{item.format('lower-alpha', 'satu')}{item.format('lower-alpha', 'dua')}{item.format('upper-roman', 'tiga')}</ol>"
    html = sanitized_html(source, "html")
    assert html == '<ol type="a"><li><p>satu</p></li><li><p>dua</p></li><li type="I"><p>tiga</p></li></ol>'
    assert plain_text(html) == "a. satu\nb. dua\nIII. tiga"


def test_an_item_without_text_keeps_its_number_and_a_list_in_it_stands_below() -> None:
    source = "<ol><li></li><li>dua</li><li><ol type=a><li>huruf</li></ol></li></ol>"
    assert plain_text(sanitized_html(source, "html")) == "1.\n2. dua\n3.\n  a. huruf"


CELL = st.sampled_from(["{}", "<p>{}</p>", "<div><p>{}</p></div>", "<b>{}</b>", " {} ", "<ul><li>{}</li></ul>"])


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[list[str]]]:
    """A table with empty and joined cells, and its rows: what stands in each column, empty where nothing does."""
    columns, rows = draw(st.integers(2, 4)), draw(st.integers(1, 4))
    numbers = count()
    grid: list[list[str | None]] = [[None] * columns for _ in range(rows)]
    html = ""
    for row in range(rows):
        html += "<tr>"
        for column in range(columns):
            if grid[row][column] is not None:
                continue
            free = next((n for n in range(column, columns) if grid[row][n] is not None), columns) - column
            wide, high = draw(st.integers(1, free)), draw(st.integers(1, rows - row))
            word = draw(st.sampled_from(["", "", "kata"])) and f"kata{next(numbers)}x"
            for r in range(row, row + high):
                grid[r][column : column + wide] = [""] * wide
            grid[row][column] = word
            spans = (f" colspan={wide}" if wide > 1 else "") + (f" rowspan={high}" if high > 1 else "")
            html += f"<td{spans}>{draw(CELL).format(word) if word else draw(st.sampled_from(['', '<p></p>', '<br>', ' ']))}</td>"
        html += "</tr>"
    return f"<table>{html}</table>", [[place or "" for place in row] for row in grid]


@settings(max_examples=80, deadline=None)
@given(tables())
def test_every_value_of_a_table_stands_in_its_column_in_the_text_too(made: tuple[str, list[list[str]]]) -> None:
    source, grid = made
    lines = plain_text(sanitized_html(source, "html")).split("\n")

    # A row in which nothing stands is left out, and so are places behind the last value that joined cells cover.
    expected = [row for row in grid if any(row)]
    found = [[place.strip().removeprefix("- ") for place in line.split("|")] for line in lines if line]
    assert [row[: len(told)] for row, told in zip(expected, found, strict=True)] == found
    assert [word for row in found for word in row if word] == [word for row in expected for word in row if word]


def test_empty_cells_keep_their_place() -> None:
    source = "| No | Nama | Jumlah |\n|-|-|-|\n| 1 | | 5 |\n| | Siti | |\n"
    assert plain_text(sanitized_html(source, "markdown")) == "No | Nama | Jumlah\n1 | | 5\n| Siti |"


def test_a_table_that_lays_out_a_page_keeps_its_paragraphs_and_one_of_values_its_rows() -> None:
    assert plain_text(sanitized_html("<table><tr><td><p>a</p><p>b</p></td></tr></table>", "html")) == "a\n\nb"
    word = "<table><tr><td><p>Nama<br>lengkap</p></td><td><p>Jumlah</p></td></tr></table>"
    assert plain_text(sanitized_html(word, "html")) == "Nama lengkap | Jumlah"


def test_what_joined_cells_may_fill_is_bounded() -> None:
    row = "<tr><td colspan=9999 rowspan=9999>a</td><td>b</td></tr>"
    for source in (f"<table>{row * 400}</table>", f"<table>{row}</table>" * 400):
        assert len(plain_text(sanitized_html(source, "html"))) < 100_000


def test_raised_and_lowered_numbers_do_not_become_part_of_a_number_in_the_text() -> None:
    assert (
        plain_text(sanitized_html("10<sup>6</sup> m<sup>-2</sup>, CO<sub>2</sub>, 1<sup>st</sup>", "html"))
        == "10⁶ m⁻², CO₂, 1st"
    )


def test_letters_and_brackets_that_are_raised_stay_whole() -> None:
    source = "Pasal 5<sup>a)</sup> dan (2)<sup>[1]</sup>, 10<sup>2n</sup>, 10<sup>(-3)</sup> m<sup> 2 </sup>"
    assert plain_text(sanitized_html(source, "html")) == "Pasal 5a) dan (2)[¹], 10²n, 10⁽⁻³⁾ m ²"
