"""The public words and the address of an agency, as moderation checks them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from cms.agencies.address_templates import is_of_server, leads_home, words_in
from cms.agencies.models import Agency
from cms.changes.actions import Action
from cms.changes.log import record
from cms.changes.reference_versions import keep_version, values_of
from cms.core.db import UnitOfWork
from cms.core.errors import InputError, Invalid
from cms.core.permissions import Actor
from cms.core.public_words import link_finding
from cms.core.runtime import runtime

KEPT_FIELDS = (
    "name", "short_name", "kind", "abbreviations", "aliases", "parent", "contact", "site_url", "address_templates", "description", "valid_from",
    "valid_to", "successor", "review", "four_eyes",
)  # fmt: skip
"""The fields of an agency that people write."""
_TEXTS = ("slug", "name", "short_name", "abbreviations", "aliases", "contact", "address_templates", "description")


def public_words(values: Mapping[str, Any]) -> dict[str, str]:
    """All public words, by pointer."""
    told = {
        **values,
        "address_templates": {kind: words_in(each) for kind, each in (values.get("address_templates") or {}).items()},
    }
    return {pointer: text for name in _TEXTS for pointer, text in _texts(f"/{name}", told.get(name))}


def words_of(agency: Agency) -> dict[str, str]:
    """The public words of a row."""
    return public_words({name: getattr(agency, name) for name in _TEXTS})


def foresee_site(actor: Actor, values: Mapping[str, Any]) -> None:
    """Compute ahead what `settle_site` and `check_templates` need for addresses."""
    if values.get("site_url") is not None:
        link_finding(actor, values["site_url"], "/site_url")
    for kind, template in _templates(values).items():
        link_finding(actor, template, f"/address_templates/{kind}")


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


def check_templates(actor: Actor, agency: Agency, values: Mapping[str, Any]) -> None:
    """Raise `Invalid` for a template that leads elsewhere than to the agency's site or this server, to an address that this server
    needs, or to a blocked domain. The agency has its settled site, so a site that still waits for a second person is another one.
    """
    public_url, errors = runtime().settings.public_url, []
    hosts = ", ".join(urlsplit(each).netloc for each in (agency.site_url, public_url) if each)
    for kind, template in agency.address_templates.items():
        pointer = f"/address_templates/{kind}"
        if not leads_home(template, agency.site_url, public_url):
            errors.append(InputError("pointer", pointer, "foreign_template", {"domains": hosts}))
        elif is_of_server(template, public_url):
            errors.append(InputError("pointer", pointer, "machine_template"))
    if errors:
        raise Invalid(errors=errors)
    for kind, template in _templates(values).items():
        link_finding(actor, template, f"/address_templates/{kind}")


def _templates(values: Mapping[str, Any]) -> Mapping[str, str]:
    return values.get("address_templates") or {}


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
