"""Checks on an ending: its explanation, and where it may send readers."""

from __future__ import annotations

import posixpath
import re
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import select

from cms.core.db import session
from cms.core.errors import Invalid, invalid_field
from cms.core.ids import is_id
from cms.core.runtime import runtime
from cms.editorial.endings.ending import EXPLAINED, Ending
from cms.editorial.endings.queries import own_domains
from cms.editorial.moderating import PublicWords, public_words
from cms.moderation.decoding import decoded
from cms.publishing.models import Standing
from cms.publishing.visibility import is_live

MACHINE_PATHS: Final = frozenset({"v1", "manage", "preview", "go", "mail"})
"""How the paths of this server begin that need a key, a sign-in or a secret, or that send visitors on: no pages for them."""


def check_ending(ending: Ending, item_id: str) -> None:
    """Raise `Invalid` when an explanation or a destination is missing, or the destination is not allowed."""
    if ending.standing in EXPLAINED and not ending.explanation:
        raise invalid_field("/explanation", "required")
    if ending.standing is Standing.REDIRECTED:
        if ending.to is None:
            raise invalid_field("/to", "required")
        check_redirection(ending.to, item_id)
    elif ending.to is not None and is_id(ending.to):
        raise invalid_field("/to", "only_for_redirect")
    if ending.to is not None and is_machine_address(ending.to):
        raise invalid_field("/to", "machine_address")


def words_of(ending: Ending) -> PublicWords:
    """The words of an ending for moderation, with a path of the city's own site too: `/out?to=...` leads elsewhere."""
    is_address = ending.to is not None and not is_id(ending.to)
    return public_words({"/explanation": ending.explanation}, ("/to", ending.to or "") if is_address else None)


def check_redirection(to: str, item_id: str) -> None:
    """Allow only live items and addresses of the city: with an open redirect, anyone could use the city's name."""
    if not is_id(to):
        if not is_own_address(to):
            raise invalid_field("/to", "foreign_address", domains=", ".join(sorted(own_domains())))
    elif to == item_id or not session.scalar(select(is_live(to))):
        raise Invalid(errors=invalid_field("/to", "not_found", what="published item").errors)


def is_own_address(address: str) -> bool:
    """True for a path of the same site and for addresses of the city's own host names."""
    if address.startswith("/"):
        return True
    host = (urlsplit(address).hostname or "").lower()
    return any(host == own or host.endswith(f".{own}") for own in own_domains())


def is_machine_address(address: str) -> bool:
    """True for a path like those of this server's API, also below PUBLIC_URL, however it is encoded.

    Such a path may name any item: itself, a draft, one that was sent here. Only an id can be checked.
    """
    server = urlsplit(runtime().settings.public_url)
    if not address.startswith("/"):
        asked = urlsplit(address)
        if _host(asked.hostname) != _host(server.hostname):
            return False
        address = asked._replace(scheme="", netloc="").geturl()
    segments, below = _segments(address), _segments(server.path)
    if segments[: len(below)] == below:
        segments = segments[len(below) :]
    return not MACHINE_PATHS.isdisjoint(segments[:1])


def _host(name: str | None) -> str:
    return decoded(name or "").rstrip(".").casefold()


def _segments(address: str) -> list[str]:
    """The parts of a path as a lenient server could read them: decoded, without `.` and `..`, in lower case."""
    path = re.split("[?#]", decoded(address).replace("\\", "/"), maxsplit=1)[0]
    parts = posixpath.normpath(f"/{path.strip('/')}").split("/")
    return [part.rstrip(".").casefold() for part in parts if part]
