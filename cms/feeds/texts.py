"""Texts that every program of a subscriber can read: what XML cannot hold is taken out, addresses in bodies are whole."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urljoin

from cms.core.characters import SURROGATES

# XML 1.0 has no way to write these, not even as references. (U+FFFE and U+FFFF too.)
_NOT_IN_XML: Final = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f{SURROGATES}\ufffe\uffff]")
# Bodies are written by the sanitiser: `<` stands nowhere but before a tag, values are in double quotes.
_TAG: Final = re.compile(r'<[a-z][a-z0-9]*(?: [a-z-]+="[^"]*")+ ?/?>')
_ATTRIBUTE: Final = re.compile(r' ([a-z-]+)="([^"]*)"')
OF_SERVER: Final = "/v1/"


def readable(value: Any) -> Any:
    """JSON without the characters that XML cannot hold, in texts at any depth."""
    if isinstance(value, str):
        return _NOT_IN_XML.sub("", value)
    if isinstance(value, dict):
        return {name: readable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [readable(each) for each in value]
    return value


def with_whole_addresses(body_html: str, *, server: str, page: str) -> str:
    """The body with addresses that hold outside of its page: files of this server, the rest of the page's own site."""

    def whole(address: str) -> str:
        return f"{server}{address}" if address.startswith(OF_SERVER) else urljoin(page, address)

    def attribute(found: re.Match[str]) -> str:
        name, value = found[1], found[2]
        if name in ("href", "src"):
            value = whole(value)
        elif name == "srcset":
            value = ", ".join(whole(each.strip()) for each in value.split(","))
        return f' {name}="{value}"'

    return _TAG.sub(lambda tag: _ATTRIBUTE.sub(attribute, tag[0]), body_html)
