"""People inside something else, as the API writes them."""

from __future__ import annotations


def person_reference(id: str | None, label: str | None) -> dict[str, str | None]:
    """Who did something, by the name that was noted then; the id is null for a command or a task of the system."""
    return {"id": id, "name": label}
