"""What styles of pasted HTML say, as elements: Google Docs writes bold text as a style, and `<b>` that is not bold around it all.

The cleaner keeps a style as a short code (`code_of`), which the next step replaces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cms.core.html_lists import STYLES

APART: Final = "apart"
"""The code of a part of a line that its style shows as a block."""
NOT_MEANT: Final = "0"
"""The code of an element whose style takes back what its name says."""
_TAKEN_BACK: Final[Mapping[str, tuple[str, re.Pattern[str]]]] = MappingProxyType(
    {
        **dict.fromkeys(["b", "strong"], ("font-weight", re.compile("normal|lighter|[1-5]00"))),
        **dict.fromkeys(["i", "em"], ("font-style", re.compile("normal"))),
        **dict.fromkeys(["u", "ins", "s", "del"], ("text-decoration", re.compile("none"))),
    }
)
_MEANT: Final[Mapping[str, tuple[str, re.Pattern[str]]]] = MappingProxyType(
    {
        "strong": ("font-weight", re.compile("bold|bolder|[6-9]00")),
        "em": ("font-style", re.compile("italic|oblique")),
        "s": ("text-decoration", re.compile(".*line-through.*")),
        "sup": ("vertical-align", re.compile("super")),
        "sub": ("vertical-align", re.compile("sub")),
    }
)
STYLED: Final = frozenset({"span", *_TAKEN_BACK})
"""Elements whose style is read; of lists it is the kind of numbers."""
LISTS: Final = frozenset({"ol", "li"})
_CODE: Final = re.compile(r' style="([^"]*)"')


def code_of(tag: str, style: str) -> str | None:
    """What this style says of this element, as a code; None when it says nothing that readers get."""
    said = _properties(style)
    if tag in LISTS:
        words = f"{said.get('list-style', '')} {said.get('list-style-type', '')}".split()
        return next((STYLES[word] for word in reversed(words) if word in STYLES), None)
    if tag in _TAKEN_BACK:
        name, value = _TAKEN_BACK[tag]
        return NOT_MEANT if value.fullmatch(said.get(name, "")) else None
    if said.get("display", "inline") not in {"inline", "inline-block", "contents", "none"}:
        return APART
    meant = (element for element, (name, value) in _MEANT.items() if value.fullmatch(said.get(name, "")))
    return " ".join(meant) or None


def _properties(style: str) -> dict[str, str]:
    pairs = (pair.partition(":") for pair in style.lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _colon, value in pairs}


def without_code(tag: str) -> tuple[str, str]:
    """A tag that the cleaner wrote, without the code of its style, and that code; it is empty when there is none."""
    match = _CODE.search(tag)
    return (tag, "") if match is None else (tag[: match.start()] + tag[match.end() :], match[1])


def as_elements(name: str, tag: str) -> tuple[str, str]:
    """The beginning and the end of what readers get for this element with the style that its tag names."""
    bare, code = without_code(tag)
    if code == APART:
        return " ", " "
    if name == "span":
        elements = code.split()
        return "".join(f"<{element}>" for element in elements), "".join(
            f"</{element}>" for element in reversed(elements)
        )
    return ("", "") if code == NOT_MEANT else (bare, f"</{name}>")
