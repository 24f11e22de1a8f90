"""The public words and the address of an agency, as moderation checks them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cms.agencies.models import Agency
from cms.changes.actions import Action
from cms.changes.log import record
from cms.changes.reference_versions import keep_version, values_of
from cms.core.db import UnitOfWork
from cms.core.permissions import Actor
from cms.core.public_words import link_finding

KEPT_FIELDS = (
    "name", "short_name", "kind", "abbreviations", "aliases", "parent", "contact", "site_url", "description", "valid_from",
    "valid_to", "successor", "review", "four_eyes",
)  # fmt: skip
"""The fields of an agency that people write."""
_TEXTS = ("slug", "name", "short_name", "abbreviations", "aliases", "contact", "description")


def public_words(values: Mapping[str, Any]) -> dict[str, str]:
    """All public words, by pointer."""
    return {pointer: text for name in _TEXTS for pointer, text in _texts(f"/{name}", values.get(name))}


def words_of(agency: Agency) -> dict[str, str]:
    """The public words of a row."""
    return public_words({name: getattr(agency, name) for name in _TEXTS})


def foresee_site(actor: Actor, values: Mapping[str, Any]) -> None:
    """Compute ahead what `settle_site` needs for an address."""
    if values.get("site_url") is not None:
        link_finding(actor, values["site_url"], "/site_url")


def settle_site(unit: UnitOfWork, actor: Actor, agency: Agency, values: dict[str, Any]) -> bool:
    """Take a site on an unknown domain out of the values: it waits until another person sends the same. Sending another site, or
    the present one, withdraws the proposal. True when a proposal was made, withdrawn or carried out. Raises `Invalid` for a
    blocked domain.
    """
    if "site_url" not in values:
        return False
    site, proposed = values["site_url"], agency.proposed_site_url
    is_confirmed = site == proposed and agency.proposed_by_id not in (None, actor.id)
    waits = site not in (None, agency.site_url) and link_finding(actor, site, "/site_url") is not None
    if waits and not is_confirmed:
        del values["site_url"]
        if (site, actor.id) == (proposed, agency.proposed_by_id):
            return False
        agency.proposed_site_url, agency.proposed_by_id, agency.proposed_by_label = site, actor.id, actor.label
        record(unit, Action.AGENCY_PROPOSED, agency.slug, actor, agency=agency.slug, fields=["site_url"])
        return True
    drop_proposal(agency)
    return proposed is not None


def drop_proposal(agency: Agency) -> None:
    """Forget the site that waits."""
    agency.proposed_site_url = agency.proposed_by_id = agency.proposed_by_label = None


def keep_agency(unit: UnitOfWork, agency: Agency, actor: Actor) -> None:
    """Keep the present values of an agency, for a rollback."""
    keep_version(unit, "agency", agency.slug, values_of(agency, KEPT_FIELDS), actor)


def _texts(pointer: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _texts(f"{pointer}/{name}", part)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _texts(f"{pointer}/{index}", part)
