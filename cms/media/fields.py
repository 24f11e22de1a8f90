"""The focal point of an image as it comes in: the same object that goes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from marshmallow import ValidationError, post_load

from cms.core.http.field_rules import rule, wrong_type
from cms.core.http.fields import Part, WholeNumber
from cms.core.http.schemas import StrictSchema

MIDDLE = {"x": 50, "y": 50}
LONGEST_POINT = 100
"""Characters of a focal point in a form."""
FOCAL = "Percent from the {side} to what must stay visible when the image is cut."


class FocalPointChangeSchema(StrictSchema):
    """What must stay visible when the image is cut; a coordinate that is left out stays."""

    x = WholeNumber(min=0, max=100, metadata={"description": FOCAL.format(side="left"), "example": 50})
    y = WholeNumber(min=0, max=100, metadata={"description": FOCAL.format(side="top"), "example": 40})


class FocalPoint(Part):
    """A focal point; in a form it is the text of a JSON object (`from_text=True`)."""

    def __init__(self, *, from_text: bool = False, **kwargs: Any) -> None:
        super().__init__(FocalPointChangeSchema, **kwargs)
        self.from_text = from_text

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, partial: Any = None, **kwargs: Any
    ) -> Any:
        return super()._deserialize(_read(value) if self.from_text else value, attr, data, partial, **kwargs)


def _read(text: str) -> Any:
    if len(text) > LONGEST_POINT:
        raise ValidationError(rule("too_long", max=LONGEST_POINT))
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise wrong_type('an object such as {"x": 50, "y": 40}') from None


class WithFocalPointSchema(StrictSchema):
    """A schema with a field `focal_point`: its values are named like the columns of an image."""

    @post_load
    def _name_columns(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        if "focal_point" not in values:
            return values
        point = values.pop("focal_point")
        return {
            **values,
            **{f"focal_{side}": percent for side, percent in (MIDDLE if point is None else point).items()},
        }
