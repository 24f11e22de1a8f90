"""Character references: read as the HTML standard reads them, whichever way is taken."""

from __future__ import annotations

import html

from hypothesis import given
from hypothesis import strategies as st

from cms.core.entities import unescaped

PIECES = st.sampled_from(
    ["&", "a", "m", "p", ";", "lt", "gt", "quot", "nbsp", "#", "x3", "9", "é", " ", "&amp;", "&lt;", "lt;", "&eacute;"]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_the_quick_way_for_usual_references_reads_what_the_standard_reads(text: str) -> None:
    assert unescaped(text) == html.unescape(text)
