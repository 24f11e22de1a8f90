"""Old WordPress pages, Markdown files and pastes from word processors keep every word, its order and block, every number and cell."""

from __future__ import annotations

import re

import pytest

from cms.core.html_text import plain_text
from cms.core.sanitize import sanitized_html
from tests.core.bodies import MARKDOWN_BODIES, WORD_PROCESSOR_BODIES, WORDPRESS_BODIES, Body
from tests.core.pages import Page
from tests.core.test_sanitize import assert_harmless

ALL = [*WORDPRESS_BODIES, *MARKDOWN_BODIES, *WORD_PROCESSOR_BODIES]
MARK = re.compile(r"(-|\w+\.)(?= )")


def test_there_are_as_many_as_were_tried_and_all_are_different() -> None:
    assert [len(bodies) for bodies in (WORDPRESS_BODIES, MARKDOWN_BODIES, WORD_PROCESSOR_BODIES)] == [143, 30, 65]
    assert len({body.source for body in ALL}) == len(ALL)


@pytest.mark.parametrize("body", ALL, ids=lambda body: body.name)
def test_every_word_number_and_cell_of_a_body_is_kept_in_its_place(body: Body) -> None:
    html = sanitized_html(body.source, body.body_format)
    lines = [" ".join(line.split()) for line in plain_text(html).split("\n") if line.strip()]
    page = Page(html)

    assert lines == list(body.lines)
    assert_harmless(html)
    assert sanitized_html(html, "html") == html
    assert "<h1" not in html
    # The page says the same: its items have the numbers of the lines, its rows their cells.
    marked = [line for line in lines if any(line.startswith(f"{item.mark} {item.word}") for item in page.items)]
    assert [line.split()[:2] for line in marked] == [[item.mark, item.word] for item in page.items]
    for row in page.rows:
        assert [cell for cell in row if cell] == [] or any(in_line(row, line) for line in lines), row


def in_line(row: list[str], line: str) -> bool:
    """True when the words of the cells of this row stand in this line in their order."""
    cells = [cell for cell in row if cell]
    return bool(re.search(".*?".join(map(re.escape, cells)), line)) or len(cells) == 1
