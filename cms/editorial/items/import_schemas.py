"""What a PUT of an item can say beside its content: its life before it came here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from marshmallow import Schema, fields

from cms.core.http.contact_fields import WebAddress
from cms.core.http.fields import Moment, Rows
from cms.editorial.importing import Imported
from cms.publishing.legacy_addresses import LONGEST_LEGACY_ADDRESS

MOST_ADDRESSES = 20
FIRST_PUBLISHED_AT = {
    "description": "When it was published first, before it came here: becomes `published_at`. Fixed once it is published or scheduled here.",
    "example": "2017-05-12T02:00:00Z",
}
LEGACY_ADDRESSES = {
    "description": "Addresses that it had before: `/v1/resolve?url=` and `/go?url=` find it by them. Those of a published item stay for ever.",
    "example": ["https://dpu.lama.example/?p=1204"],
}


@cache
def put_schema(create: type[Schema]) -> type[Schema]:
    """The content of a type with what only who may import can say (`content:import`)."""
    more: dict[str, fields.Field[Any]] = {
        "first_published_at": Moment(metadata=FIRST_PUBLISHED_AT),
        "legacy_addresses": Rows(WebAddress(max=LONGEST_LEGACY_ADDRESS), max=MOST_ADDRESSES, metadata=LEGACY_ADDRESSES),
    }
    return create.from_dict(more, name=f"{create.__name__.removesuffix('Schema').removesuffix('Create')}PutSchema")


def without_imported(body: Mapping[str, Any]) -> tuple[dict[str, Any], Imported | None]:
    """The content, and what is said of its life before; None when nothing is said."""
    said = {name: body[name] for name in ("first_published_at", "legacy_addresses") if name in body}
    content = {name: value for name, value in body.items() if name not in said}
    return content, Imported(**said) if said else None
