"""Rules about agencies that need nothing but the rows: whether one is in office, and that chains of parents and successors have
no loop.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from cms.agencies.models import Agency
from cms.core.errors import InputError, Invalid

LINKS = ("parent", "successor")


class Term(Protocol):
    """The first and last day of an agency in office; None where that is open."""

    @property
    def valid_from(self) -> date | None:
        """First day."""

    @property
    def valid_to(self) -> date | None:
        """Last day."""


def is_in_office(term: Term, day: date) -> bool:
    """True when the agency exists on this day."""
    return (term.valid_from is None or term.valid_from <= day) and not has_ended(term, day)


def has_ended(term: Term, day: date) -> bool:
    """True from the day after its last day on. A future agency has not ended: its content is prepared ahead."""
    return term.valid_to is not None and term.valid_to < day


def ends_in_itself(slug: str, links: Mapping[str, str | None]) -> bool:
    """True when following `links` (agency to parent, or agency to successor) from `slug` comes back to it."""
    seen: set[str] = set()
    following = links.get(slug)
    while following is not None and following not in seen:
        if following == slug:
            return True
        seen.add(following)
        following = links.get(following)
    return False


def check_place(agency: Agency, agencies: Mapping[str, Agency]) -> None:
    """Raise `Invalid` unless the agency's dates are in order and its parent and successor exist and form no loop."""
    errors = []
    for link in LINKS:
        other = getattr(agency, link)
        if other is not None and other not in agencies:
            errors.append(InputError("pointer", f"/{link}", "not_found", {"what": "agency"}))
        elif ends_in_itself(agency.slug, {slug: getattr(row, link) for slug, row in agencies.items()}):
            errors.append(InputError("pointer", f"/{link}", "leads_back", {"what": link}))
    if agency.successor is not None and agency.valid_to is None:
        errors.append(InputError("pointer", "/valid_to", "needed_with", {"other": "successor"}))
    if agency.valid_from is not None and agency.valid_to is not None and agency.valid_to < agency.valid_from:
        errors.append(InputError("pointer", "/valid_to", "not_before", {"other": "valid_from"}))
    if errors:
        raise Invalid(errors=errors)
