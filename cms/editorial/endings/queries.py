"""Where redirections may lead."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from sqlalchemy import select

from cms.agencies.models import Agency
from cms.core.db import session
from cms.core.runtime import runtime


def own_domains() -> frozenset[str]:
    """The host names that redirections may lead to, everything below them included."""
    configured = runtime().settings.own_domains
    if configured:
        return frozenset(name.lower() for name in configured)
    sites = session.scalars(select(Agency.site_url).where(Agency.site_url.is_not(None)))
    return frozenset(_hosts([runtime().settings.public_url, *(site for site in sites if site)]))


def _hosts(addresses: Iterable[str]) -> Iterable[str]:
    return (host.lower() for host in (urlsplit(address).hostname for address in addresses) if host)
