"""Endings of items in the API's form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cms.core.http.contact_fields import WebAddress
from cms.core.http.fields import Choice, Text
from cms.core.http.schemas import StrictSchema
from cms.core.ids import is_id
from cms.editorial.endings.ending import KINDS

LONGEST_TEXT = 2_000


class Destination(WebAddress):
    """Where readers are sent: an address, a path of the same site, or the id of an item."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, str) and is_id(value):
            return value
        return super()._deserialize(value, attr, data, **kwargs)


class UnpublishSchema(StrictSchema):
    """Takes an item back from readers."""

    kind = Choice(
        tuple(KINDS.values()),
        required=True,
        metadata={
            "description": "`gone` answers 410 with the explanation; `redirect` sends readers to `to`; `withdrawn` stays readable"
            " with a dated notice; `vanish` answers 404, as if it had never been."
        },
    )
    explanation = Text(
        min=1,
        max=LONGEST_TEXT,
        lines=True,
        allow_none=True,
        metadata={"description": "Why; needed for `gone` and `withdrawn`, whose readers see it."},
    )
    to = Destination(
        allow_path=True,
        allow_none=True,
        metadata={
            "description": "Where readers find it or its successor now. Needed for `redirect`, which takes a path, an address"
            " of the city's own domains or the id of a published item. Addresses of this API are refused."
        },
    )
