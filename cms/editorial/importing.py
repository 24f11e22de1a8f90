"""What an item brings along from where it was published before: the day of its first publication, and its old addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cms.changes.facts import Cause, CauseKind, because
from cms.core import clock
from cms.core.db import UnitOfWork
from cms.core.errors import InputError, Invalid, invalid_field
from cms.core.permissions import Permission, Target, authorize
from cms.editorial.edit import Edit
from cms.publishing.legacy_addresses import add_addresses, addresses_of, drop_addresses, key_of, owners_of


@dataclass(frozen=True, slots=True)
class Imported:
    """What is said of the life before; None: nothing is said."""

    first_published_at: datetime | None = None
    legacy_addresses: Sequence[str] | None = None


def as_import(unit: UnitOfWork, imported: Imported | None) -> None:
    """Let every line of this unit of work say that it is an import, if it is one."""
    if imported is not None:
        because(unit, Cause(CauseKind.IMPORT))


def note_import(edit: Edit, imported: Imported | None, *, is_new: bool = False) -> None:
    """Keep what is said, with a line that names it; what is the same already leaves no trace.

    Raises `Forbidden`, and `Invalid` for a first publication in the future or of what is published or scheduled here, and for an address
    that leads to another item.
    """
    if imported is None:
        return
    item = edit.item
    authorize(edit.actor, Permission.CONTENT_IMPORT, Target(agency=item.agency))
    fields = []
    at = imported.first_published_at
    if at is not None and at != item.first_published_at:
        _check_moment(edit, at)
        item.came_from_elsewhere(at)
        fields.append("first_published_at")
    if imported.legacy_addresses is not None and _keep_addresses(edit, imported.legacy_addresses):
        fields.append("legacy_addresses")
    if fields:
        if not is_new:
            item.touch()
        edit.record("updated", fields)


def _check_moment(edit: Edit, at: datetime) -> None:
    if edit.item.published_at is not None or edit.item.publish_at is not None:
        raise invalid_field("/first_published_at", "fixed_once_published")
    if at > clock.now():
        raise invalid_field("/first_published_at", "not_after", other="now")


def _keep_addresses(edit: Edit, given: Sequence[str]) -> bool:
    """True when something changed. Addresses that are not given any more go, unless readers had the item: then they stay for ever."""
    connection, item = edit.unit.session.connection(), edit.item
    keys = [key_of(url) for url in given]
    if None in keys:
        raise invalid_field(f"/legacy_addresses/{keys.index(None)}", "bad_format", expected="a web address")
    wanted = {key: url for key, url in zip(keys, given, strict=True) if key is not None}
    known = addresses_of(connection, item.id)
    new = {key: url for key, url in wanted.items() if key not in known}
    gone = [] if item.published_at is not None else sorted(known.keys() - wanted.keys())
    if gone:
        drop_addresses(connection, item.id, gone)
    if new:
        edit.unit.session.flush()
        add_addresses(connection, item.id, new)
        owners = owners_of(connection, list(new))
        if taken := [key for key, owner in owners.items() if owner != item.id]:
            raise Invalid(
                errors=[
                    InputError("pointer", f"/legacy_addresses/{keys.index(key)}", "address_taken", {"id": owners[key]})
                    for key in taken
                ]
            )
    return bool(new or gone)
