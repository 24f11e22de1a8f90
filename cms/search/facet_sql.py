"""SQL of facets: counts of the values that hits have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

OF_PUBLICATION: Final = frozenset({"type", "agency"})
"""Facets that are columns of the publication; the others are terms."""


def facets_sql(names: Sequence[str]) -> Iterator[str]:
    """SELECTs of (facet, value, number of hits, 0, 0) of the hits `newest`, which have the columns of the publication that are asked for."""
    for name in names:
        if name in OF_PUBLICATION:
            yield f"SELECT '{name}', {name}, count(*), 0, 0 FROM newest GROUP BY {name}"  # noqa: S608 - ours
    schemes = ", ".join(f"'{name}'" for name in names if name not in OF_PUBLICATION)
    if schemes:
        yield (
            "SELECT t.scheme, t.term, count(*), 0, 0 FROM newest CROSS JOIN publication_terms t"  # noqa: S608 - ours
            f" WHERE t.publication_id = newest.publication_id AND t.scheme IN ({schemes}) GROUP BY t.scheme, t.term"
        )
