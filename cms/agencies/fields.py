"""Names of agencies and areas on the wire, wherever something refers to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from cms.agencies.address_templates import EXPECTED, LONGEST_TEMPLATE, is_template
from cms.agencies.models import SLUG_LENGTH
from cms.changes.heads import log_head
from cms.core.http.field_rules import Pattern, rule, wrong_type
from cms.core.http.fields import MESSAGES, Text, Words
from cms.core.ids import AREA_CODE_PATTERN, SLUG_PATTERN

LONGEST_AREA_CODE = 13


def agency_slug(**kwargs: Any) -> Text:
    """The slug of an agency."""
    return Text(min=1, max=SLUG_LENGTH, validate=[Pattern(SLUG_PATTERN, "the slug of an agency")], **kwargs)


def agency_slugs(**kwargs: Any) -> Words:
    """Slugs of agencies in a query, separated by commas."""
    return Words(pattern=SLUG_PATTERN, expected="slugs of agencies", **kwargs)


def area_code(**kwargs: Any) -> Text:
    """A Kemendagri code such as `64.71.06`."""
    pattern = Pattern(AREA_CODE_PATTERN, "a Kemendagri code such as 64.71.06")
    return Text(max=LONGEST_AREA_CODE, validate=[pattern], **kwargs)


def area_codes(**kwargs: Any) -> Words:
    """Kemendagri codes in a query, separated by commas."""
    return Words(pattern=AREA_CODE_PATTERN, expected="Kemendagri codes such as 64.71.06", **kwargs)


class AddressTemplate(Text):
    """An address with places, such as `https://dpu.example.go.id/berita/{slug}` (`cms.agencies.address_templates`)."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        template = super()._deserialize(value, attr, data, **kwargs)
        if not is_template(template):
            raise ValidationError(rule("bad_format", expected=EXPECTED))
        return template


class AddressTemplates(fields.Dict):
    """A template, or null, for each of some content types of the application."""

    def __init__(self, **kwargs: Any) -> None:
        self._template = AddressTemplate(min=1, max=LONGEST_TEMPLATE, allow_none=True)
        kwargs["error_messages"] = {**MESSAGES, **kwargs.get("error_messages", {})}
        super().__init__(keys=fields.String(), values=self._template, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, Mapping):
            raise wrong_type("an object")
        types = tuple(log_head().topics)
        if not value.keys() <= {*types}:
            raise ValidationError(rule("not_allowed", allowed=", ".join(types)))
        faults: dict[str, Any] = {}
        found = {}
        for name, template in value.items():
            try:
                found[name] = self._template.deserialize(template)
            except ValidationError as error:
                faults[name] = error.messages
        if faults:
            raise ValidationError(faults)
        return found
