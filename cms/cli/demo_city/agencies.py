"""The agencies of the demonstration city get invented contacts, sites and names beside the official ones; and offices.

Water, power, police and weather are agencies too: sources of information beside the city's own (`bumd`, `instansi_lain`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select

from cms.agencies.models import Agency
from cms.agencies.services import create_agency, update_agency
from cms.cli.application import operator
from cms.core.db import rolled_back, session
from cms.moderation.models import LinkVerdict
from cms.moderation.services import set_link_domain
from cms.offices.models import Office
from cms.offices.services import create_office

DOMAIN: Final = "balikpapan.example"
"""The domain of all invented sites. Nobody can register it (RFC 6761)."""


def allow_sites() -> None:
    """Let content link to the invented sites."""
    set_link_domain(operator(), DOMAIN, LinkVerdict.ALLOWED, "Situs contoh")


def describe_agency(entry: Mapping[str, Any]) -> None:
    """Give an agency its contact, site and aliases; one that is not there yet is made."""
    with rolled_back():
        version = session.scalar(select(Agency.version).where(Agency.slug == entry["slug"]))
    if version is None:
        create_agency(operator(), entry)
    else:
        changes = {name: entry[name] for name in ("aliases", "contact", "site_url")}
        update_agency(operator(), entry["slug"], frozenset({version}), changes)


def add_office(entry: Mapping[str, Any]) -> None:
    """Add an office, unless its agency has one of this name."""
    if office_id(entry["agency"], entry["name"]) is None:
        create_office(operator(), entry)


def office_id(agency: str, name: str) -> str | None:
    """The id of the agency's office with this name."""
    with rolled_back():
        return session.scalar(select(Office.id).where(Office.agency == agency, Office.name == name))
