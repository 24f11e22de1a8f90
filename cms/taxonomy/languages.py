"""The languages of content."""

from __future__ import annotations

from typing import Final

LANGUAGES: Final = ("id", "en", "ar", "bjn", "bug", "jv", "mad", "mak", "ms", "su", "zh")
"""BCP 47 tags of the languages that the city's people write: besides Indonesian and English those of the larger communities."""
