"""Templates of the addresses that an agency's website gives to items: `https://dpu.example.go.id/berita/{slug}`.

A template is a plain address in ASCII with places in braces, so it reads the same for every server: nothing in it can be encoded. It
leads only to the agency's own site or to this server: `/go` sends visitors there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

PLACES: Final = ("slug", "id", "serial", "number", "year")
ONE_ITEM: Final = frozenset({"slug", "id", "serial"})
"""The places that tell one item of an agency and type from all others; a template needs one of them."""
SERIAL: Final = "{serial}"
"""The place that only publishing fills: the number of an item is known when its row is written."""
LONGEST_TEMPLATE = 200
LONGEST_ADDRESS = 250
"""Characters; a social text has 280 in all."""
SERVER_PATHS: Final = frozenset({"v1", "manage", "preview", "go", "docs", "healthz", "readyz", "metrics"})
"""How the paths of this server begin: none of them is a page of an item."""
EXPECTED = f"an address such as https://dpu.example.go.id/berita/{{slug}}, with places out of {', '.join(f'{{{each}}}' for each in PLACES)}"
_PLACE = re.compile(r"\{([a-z]+)\}")
_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?/[A-Za-z0-9._~/?=&-]*")


def is_template(text: str) -> bool:
    """True for an address with known places, one of which names the item."""
    if len(text) > LONGEST_TEMPLATE:
        return False
    named = set(_PLACE.findall(text))
    plain = _PLACE.sub("x", text)
    if not (named <= {*PLACES} and named & ONE_ITEM and _ADDRESS.fullmatch(plain)):
        return False
    return not {".", ".."} & set(urlsplit(plain).path.split("/")) and urlsplit(text).netloc == urlsplit(plain).netloc


def leads_home(template: str, site_url: str | None, public_url: str) -> bool:
    """True when a template is below the host of the agency's site or of this server, with its scheme and port."""
    return _origin(template) in {_origin(each) for each in (site_url, public_url) if each}


def is_of_server(template: str, public_url: str) -> bool:
    """True when a template names a path that this server answers itself, or could: its first part is a place."""
    if _origin(template) != _origin(public_url):
        return False
    below = urlsplit(public_url).path.strip("/")
    path = urlsplit(template).path.strip("/")
    inner = path.removeprefix(below).strip("/") if below and f"{path}/".startswith(f"{below}/") else path
    first = inner.split("/")[0].lower()
    return first in SERVER_PATHS or "{" in first


def filled(template: str, values: Mapping[str, Any]) -> str | None:
    """The address with its places filled, all but `SERIAL`. None when the item lacks a value, or the address gets too long."""
    given = {name: quote(str(value), safe="") for name, value in values.items() if value is not None}
    given["serial"] = SERIAL
    if not given.keys() >= set(_PLACE.findall(template)):
        return None
    address = _PLACE.sub(lambda found: given[found[1]], template)
    return address if len(address) <= LONGEST_ADDRESS else None


def with_serial(address: str, serial: int) -> str:
    """The address of an item that has its number."""
    return address.replace(SERIAL, str(serial))


def words_in(template: str) -> str:
    """What people read in a template beside its host, as words."""
    parts = urlsplit(_PLACE.sub(" ", template))
    return " ".join(re.split(r"[^A-Za-z0-9]+", f"{parts.path} {parts.query}")).strip()


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    usual = {"http": 80, "https": 443}.get(parts.scheme.lower())
    return parts.scheme.lower(), parts.hostname, parts.port or usual
