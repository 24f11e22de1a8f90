"""Why an edition is held is said in words, in the language of its editor."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from cms.core.http.messages.warnings import HOLD_REASONS
from cms.core.http.warnings import held_warning
from config import PROJECT_ROOT


def test_every_reason_to_hold_has_words() -> None:
    sources = (path.read_text(encoding="utf-8") for path in (PROJECT_ROOT / "cms").rglob("*.py"))
    codes = {code for source in sources for code in re.findall(r'\bReason\("(\w+)"', source)}

    assert codes == HOLD_REASONS.keys()


@pytest.mark.parametrize("code", HOLD_REASONS)
@pytest.mark.parametrize("language", ["en", "id"])
def test_a_warning_says_the_words_and_not_the_code(app: Flask, code: str, language: str) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        detail = held_warning({"code": code, "pointer": "/title", "detail": "slot"})["detail"]

    assert getattr(HOLD_REASONS[code], language) in detail
    assert "/title (slot)" in detail
    assert code not in detail
    assert "{" not in detail
