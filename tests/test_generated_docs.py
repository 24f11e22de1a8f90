"""The generated parts of the guides are what the code gives."""

from __future__ import annotations

import pytest

from cms.core.http.messages import PROBLEMS
from config import PROJECT_ROOT
from tools.generated_docs import PAGES, rendered


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("context")
def test_the_page_is_what_the_code_gives(name: str) -> None:
    """Red? `make docs` writes it anew."""
    stored = (PROJECT_ROOT / "docs" / name).read_text(encoding="utf-8")

    assert rendered(name, stored) == stored


@pytest.mark.usefixtures("context")
def test_only_what_stands_between_the_markers_is_replaced() -> None:
    page = "Before.\n<!-- generated: problems -->\nold\n<!-- /generated -->\nBetween.\n<!-- generated: rules -->\n<!-- /generated -->\n"
    page += "<!-- generated: warnings -->\n<!-- /generated -->\nAfter.\n"

    written = rendered("errors.md", page)

    assert written.startswith("Before.\n<!-- generated: problems -->\n")
    assert "Between." in written
    assert written.endswith("<!-- /generated -->\nAfter.\n")
    assert "old" not in written.splitlines()
    assert all(f"### {code}\n" in written for code in PROBLEMS)
    assert rendered("errors.md", written) == written


@pytest.mark.usefixtures("context")
def test_a_block_that_was_lost_is_missed() -> None:
    with pytest.raises(ValueError, match="rules"):
        rendered("errors.md", "<!-- generated: problems -->\n<!-- /generated -->\n")
