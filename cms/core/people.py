"""People inside something else, as the API writes them."""

from __future__ import annotations


def person_reference(id: str | None, label: str | None) -> dict[str, str | None]:
    """Who did something, under the name of that time; the id is null for a command or a system task."""
    return {"id": id, "name": label}
