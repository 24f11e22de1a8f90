"""What was read of a file, as editors see it."""

from __future__ import annotations

from typing import Any

from cms.core.clock import rfc3339
from cms.file_texts.models import FileText, FileTextPage


def render_text(text: FileText | None) -> dict[str, Any] | None:
    """What is known of the text of a file; None for a kind without text."""
    if text is None:
        return None
    return {
        "state": text.state,
        "fault": text.fault,
        "pages": text.pages,
        "characters": text.characters,
        "whole": text.is_whole,
        "without_text": text.without_text,
        "recognised": text.recognised,
        "title": text.title,
        "language": text.language,
        "tagged": text.is_tagged,
        "encrypted": text.is_encrypted,
        "figures": text.figures,
        "figures_without_alt": text.figures_without_alt,
        "read_at": None if text.read_at is None else rfc3339(text.read_at),
    }


def render_page(page: FileTextPage) -> dict[str, Any]:
    """The text of one page."""
    return {"number": page.number, "label": page.label, "text": page.text, "recognised": page.is_recognised}
