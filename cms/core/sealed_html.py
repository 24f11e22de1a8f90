"""Recognises HTML that the sanitiser of this version has made, so that it is not sanitised once more at each publication.

A body is sealed when it is saved. The seal covers the bytes of the body and the rules: the sanitiser's modules and the versions of
its libraries. So a body is sanitised again whenever a rule has changed, and whenever the database has another body than the one that
was saved. Pays for itself in `python -m bench publish`: sanitising takes a twentieth of it.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Final

from cms.core.runtime import runtime
from cms.core.sanitize import sanitized_html
from cms.core.secrets import derived_secret

SEAL_BYTES: Final = 16
LIBRARIES: Final = ("nh3",)
RULES: Final = (
    "allowed_markup",
    "bounded_text",
    "characters",
    "embeds",
    "empty_remains",
    "entities",
    "html_lists",
    "html_paragraphs",
    "html_repair",
    "html_source",
    "html_structure",
    "html_styles",
    "html_tables",
    "html_text",
    "links",
    "markup_bounds",
    "removed_markup",
    "sanitize",
    "shielding",
)
"""The modules of this package that decide what is safe."""


def _rules() -> bytes:
    sources = [(Path(__file__).parent / f"{name}.py").read_bytes() for name in RULES]
    return hashlib.sha256(b"\0".join([*sources, *(version(name).encode() for name in LIBRARIES)])).digest()


_RULES: Final = _rules()


def seal_of(html: str) -> str:
    """The seal of sanitised HTML, 32 hexadecimal digits."""
    key = derived_secret(runtime().settings.secret_key, "sanitised-html")
    return hashlib.blake2b(_RULES + html.encode(), key=key, digest_size=SEAL_BYTES).hexdigest()


def safe_html(html: str, seal: str) -> str:
    """The HTML as it is when the seal is its own, else sanitised again. Raises as `sanitized_html`."""
    return html if not html or seal == seal_of(html) else sanitized_html(html, "html")
