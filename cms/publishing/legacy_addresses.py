"""Old addresses of items: which ones are the same, and whose they are. An item that was published keeps them for ever, like its slugs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from cms.core.db import table_of
from cms.publishing.models import LegacyAddress

LONGEST_LEGACY_ADDRESS: Final = 500
HUNG_ON: Final = re.compile(r"utm_[a-z_]+|fbclid|gclid|igshid")
"""Parameters that other sites hang on a link: they name no page."""
_PLAIN: Final = "-._~/!$'()*,;:@+&="
_addresses = table_of(LegacyAddress)
_INSERTS: Final[dict[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def key_of(address: str) -> str | None:
    """What is the same for all spellings of an address: without scheme, `www.`, usual port, fragment, slash at the end and tracking
    parameters, the host in lower case, everything encoded once. None for what is no web address.
    """
    if len(address) > LONGEST_LEGACY_ADDRESS or any(character <= " " for character in address):
        return None
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    name = host.rstrip(".").removeprefix("www.")
    shown_port = "" if port in (None, 80, 443) else f":{port}"
    path = quote(unquote_to_bytes(parts.path), safe=_PLAIN).rstrip("/")
    asked = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not HUNG_ON.fullmatch(pair[0])]
    key = f"{quote(name, safe='.-')}{shown_port}{path}{'?' if asked else ''}{urlencode(asked)}"
    return key if len(key) <= LONGEST_LEGACY_ADDRESS else None


def owners_of(connection: Connection, keys: Sequence[str]) -> Mapping[str, str]:
    """The items that have these addresses, by key."""
    wanted = select(_addresses.c.key, _addresses.c.item_id).where(_addresses.c.key.in_(keys))
    return {row.key: row.item_id for row in connection.execute(wanted)}


def addresses_of(connection: Connection, item_id: str) -> Mapping[str, str]:
    """The addresses of an item as they were given, by key."""
    wanted = select(_addresses.c.key, _addresses.c.url).where(_addresses.c.item_id == item_id)
    return {row.key: row.url for row in connection.execute(wanted)}


def add_addresses(connection: Connection, item_id: str, addresses: Mapping[str, str]) -> None:
    """Give these addresses (by key) to an item, but for those that another item has by now: see `owners_of`."""
    made = _INSERTS[connection.dialect.name](_addresses).on_conflict_do_nothing(index_elements=[_addresses.c.key])
    connection.execute(made, [{"key": key, "url": url, "item_id": item_id} for key, url in sorted(addresses.items())])


def drop_addresses(connection: Connection, item_id: str, keys: Sequence[str]) -> None:
    """Take these addresses from an item that readers never had."""
    connection.execute(delete(_addresses).where(_addresses.c.item_id == item_id, _addresses.c.key.in_(keys)))
