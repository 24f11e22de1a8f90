"""Opens a change of an item: loads and locks it, then makes the checks in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cms.core.db import unit_of_work
from cms.core.permissions import Actor
from cms.core.runtime import runtime
from cms.core.versions import Expected, check_version
from cms.editorial.content_types import ContentType
from cms.editorial.edit import Edit
from cms.editorial.items.models import Item
from cms.editorial.items.policies import Operation, authorize_operation, check_state
from cms.editorial.items.queries import get_item
from cms.editorial.schedules.catching_up import catch_up


@contextmanager
def editing(
    content_type: ContentType, actor: Actor, item_id: str, operation: Operation, expected: Expected | None
) -> Iterator[Edit]:
    """Open the unit of work of one operation on one item.

    The checks come in this order: visible, allowed, current version, possible in its state. `expected` is None only where the
    caller cannot have seen a version: adding a file. Raises `NotFound`, `Forbidden`, `StaleVersion`, `Conflict`.
    """
    with unit_of_work() as unit:
        item = get_item(content_type, item_id, actor, lock=True)
        # A due schedule takes effect first, even if the worker has not carried it out yet.
        catch_up(unit, item)
        check_ready(item, actor, operation, expected)
        yield Edit(unit, actor, item)


def check_ready(item: Item, actor: Actor, operation: Operation, expected: Expected | None) -> None:
    """The checks of `editing`, for an item that is already loaded and locked."""
    city_channel = runtime().settings.city_channel
    authorize_operation(actor, operation, item, city_channel)
    if expected is not None:
        check_version(expected, item.version)
    check_state(actor, operation, item, city_channel)
