"""Strict fields for everything that comes in, with error messages that carry a code and its limits.

marshmallow's own fields turn `1.9` into 1 and `"off"` into False (R-L4); these do not. A rule that is broken
is reported as `code {json parameters}`, which `cms.core.http.input_errors` turns into the words of the caller's language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, cast

from marshmallow import Schema, ValidationError, fields

from cms.core.characters import first_hiding, on_one_line, shows_something, tidied
from cms.core.clock import EPOCH, NEVER, rfc3339
from cms.core.http.field_rules import (
    Between,
    Length,
    OneOf,
    OneOfTheApplication,
    Pattern,
    Range,
    refuse_unbounded,
    rule,
    unknown_word,
    wrong_type,
)
from cms.core.ids import ID_PATTERN, SLUG_PATTERN, is_id

_INTEGER = re.compile(r"-?[0-9]{1,15}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})")
_MOMENT_IN_ADDRESS = "a time such as 2026-11-24T08:00:00+08:00; in an address + is written %2B"
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
LONGEST_WORD = 100
"""Bound on the average length of the values in a query: no slug and no code is longer."""
MESSAGES = {"required": "required", "null": "not_null", "validator_failed": "bad_format"}


def _escaped(message: str) -> str:
    """The message for `str.format`, which gives it back as it was."""
    return message.replace("{", "{{").replace("}", "}}")


class Text(fields.String):
    """Plain text: NFC, no white space around it, nothing that nobody sees; one line unless `lines=True`. A text of nothing else is empty.

    What a paste brings along is tidied up; a character that can hide or reorder text is refused, with its place.
    """

    def __init__(
        self, *, min: int = 0, max: int, lines: bool = False, validate: Iterable[Any] = (), **kwargs: Any
    ) -> None:
        kwargs["error_messages"] = {**MESSAGES, **kwargs.get("error_messages", {})}
        super().__init__(validate=[Length(min=min or None, max=max), *validate], **kwargs)
        self.least, self.longest, self.lines = min, max, lines

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise wrong_type("text")
        refuse_unbounded(value, self.longest)
        text = tidied(value)
        if (hiding := first_hiding(text)) is not None:
            raise ValidationError(rule("bad_characters", character=hiding.name, place=hiding.place))
        # Marks that had something unseen between them are in a row now.
        refuse_unbounded(text, self.longest)
        text = text if self.lines else on_one_line(text)
        text = unicodedata.normalize("NFC", text).strip()
        text = text if shows_something(text) else ""
        if self.least and not text and value.strip():
            raise ValidationError("blank")
        return text


class Choice(fields.String):
    """One of a closed list of words, or of the list that a function gives inside an application."""

    def __init__(self, choices: Iterable[str] | Callable[[], Iterable[str]], **kwargs: Any) -> None:
        kwargs["error_messages"] = {**MESSAGES, **kwargs.get("error_messages", {})}
        words = [str(choice) for choice in choices] if isinstance(choices, Iterable) else None
        one_of = OneOf(words) if words is not None else OneOfTheApplication(cast("Any", choices))
        super().__init__(validate=one_of, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise wrong_type("text")
        return value


class Slug(Text):
    """ASCII lower-case words joined by hyphens."""

    def __init__(self, *, max: int = 100, **kwargs: Any) -> None:
        super().__init__(
            min=1, max=max, validate=[Pattern(SLUG_PATTERN, "lower-case letters, digits and single hyphens")], **kwargs
        )


class ItemId(fields.String):
    """A UUIDv7 in canonical form."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["error_messages"] = {**MESSAGES, **kwargs.get("error_messages", {})}
        kwargs["metadata"] = {"format": "uuid", "pattern": ID_PATTERN, **kwargs.get("metadata", {})}
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not is_id(value):
            raise ValidationError(rule("bad_format", expected="a UUIDv7"))
        return value


class WholeNumber(fields.Integer):
    """A JSON integer; in a query the digits of one (`from_text=True`). Never a boolean, never a rounded float."""

    def __init__(
        self, *, min: int | None = None, max: int | None = None, from_text: bool = False, **kwargs: Any
    ) -> None:
        kwargs["error_messages"] = {**MESSAGES, **kwargs.get("error_messages", {})}
        bounds = [Range(min=min, max=max)] if (min, max) != (None, None) else []
        super().__init__(validate=bounds, **kwargs)
        self.from_text = from_text

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if self.from_text and isinstance(value, str) and _INTEGER.fullmatch(value):
            return int(value)
        if self.from_text or isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type("a whole number")
        return value


class YesNo(fields.Boolean):
    """`true` or `false`, in a query the words (`from_text=True`); nothing else."""

    def __init__(self, *, from_text: bool = False, **kwargs: Any) -> None:
        kwargs["error_messages"] = {**MESSAGES, **kwargs.get("error_messages", {})}
        super().__init__(**kwargs)
        self.from_text = from_text

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if self.from_text and value in ("true", "false"):
            return value == "true"
        if self.from_text or not isinstance(value, bool):
            raise wrong_type("true or false")
        return value


class Moment(fields.DateTime):
    """An instant, RFC 3339 with offset; written in UTC with `Z`.

    `is_bounded`: from 1970 on and before the last day of 9999, which stand for "always" and "never" in what is searched.
    """

    def __init__(self, *, is_bounded: bool = False, **kwargs: Any) -> None:
        kwargs["error_messages"] = {**MESSAGES, **kwargs.get("error_messages", {})}
        super().__init__(validate=[Between(EPOCH, NEVER)] if is_bounded else [], **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, str) or _MOMENT.fullmatch(value) is None:
            if isinstance(value, str) and " " in value:
                # In an address a plus is a space, unless it is encoded.
                raise ValidationError(rule("bad_format", expected=_MOMENT_IN_ADDRESS))
            raise ValidationError(rule("bad_format", expected="a time such as 2026-11-24T08:00:00+08:00"))
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValidationError(rule("bad_format", expected="a time that exists")) from None

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return rfc3339(value) if isinstance(value, datetime) else value


class Day(fields.Date):
    """A calendar day, `YYYY-MM-DD`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["error_messages"] = {**MESSAGES, **kwargs.get("error_messages", {})}
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        if not isinstance(value, str) or _DAY.fullmatch(value) is None:
            raise ValidationError(rule("bad_format", expected="a date such as 2026-11-24"))
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValidationError(rule("bad_format", expected="a date that exists")) from None

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value


class MomentOrDay(Moment):
    """In a query: an instant, or a day `YYYY-MM-DD`, which becomes a `date`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return Day().deserialize(value, attr, data)
        return super()._deserialize(value, attr, data, **kwargs)


class CommaSeparated(fields.String):
    """Several values in one query parameter, separated by commas; the OpenAPI document shows it as an array."""

    def value_schema(self) -> dict[str, Any]:
        """What one of the values can be, as JSON Schema."""
        raise NotImplementedError


class Words(CommaSeparated):
    """Comma-separated values in a query, any of which may match; at most `most`. Becomes a sorted tuple without doubles.

    They match `pattern`, which `expected` says in words, or are out of the closed list `choices`.
    """

    def __init__(
        self, *, pattern: str = "", expected: str = "", choices: Iterable[str] = (), most: int = 20, **kwargs: Any
    ) -> None:
        kwargs["error_messages"] = {**MESSAGES, **kwargs.get("error_messages", {})}
        super().__init__(**kwargs)
        self.choices = tuple(map(str, choices))
        self.expected = expected
        self.pattern, self.most = re.compile(pattern or "|".join(map(re.escape, self.choices))), most

    def value_schema(self) -> dict[str, Any]:
        """A word of the closed list, or text of the pattern."""
        if self.choices:
            return {"type": "string", "enum": list(self.choices)}
        what = {"format": "uuid"} if self.pattern.pattern == ID_PATTERN else {}
        return {"type": "string", **what, "pattern": self.pattern.pattern}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        words = value.split(",", self.most)
        if len(words) > self.most or len(value) > self.most * LONGEST_WORD:
            raise ValidationError(rule("too_long", max=self.most))
        if any(self.pattern.fullmatch(word) is None for word in words):
            raise unknown_word(self.expected, self.choices)
        return tuple(sorted(set(words)))


class WordsOfTheApplication(Words):
    """Comma-separated values out of the list that a function gives inside an application."""

    def __init__(self, list_choices: Callable[[], Sequence[str]], *, expected: str = "", **kwargs: Any) -> None:
        super().__init__(pattern="[^,]*", expected=expected, **kwargs)
        self._list_choices = list_choices

    def value_schema(self) -> dict[str, Any]:
        """A word of the application's list."""
        return {"type": "string", "enum": list(self._list_choices())}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        words: tuple[str, ...] = super()._deserialize(value, attr, data, **kwargs)
        choices = self._list_choices()
        if not set(words).issubset(choices):
            raise unknown_word(self.expected, choices)
        return words


class Rows(fields.List[Any]):
    """A list with bounds on its number of entries."""

    def __init__(self, inner: Any, *, min: int = 0, max: int, **kwargs: Any) -> None:
        # marshmallow formats its own messages, so the braces of the parameters are doubled.
        kwargs["error_messages"] = {**MESSAGES, "invalid": _escaped(rule("wrong_type", expected="a list"))}
        super().__init__(inner, validate=Length(min=min or None, max=max), **kwargs)
        self.most = max

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, list) and len(value) > self.most:
            # Before the entries are checked: each costs as much as a small body.
            raise ValidationError(rule("too_long", max=self.most))
        return super()._deserialize(value, attr, data, **kwargs)


class Part(fields.Nested):
    """An object inside an object; unknown fields are refused there too."""

    def __init__(self, nested: Any, **kwargs: Any) -> None:
        kwargs["error_messages"] = {**MESSAGES, "type": _escaped(rule("wrong_type", expected="an object"))}
        super().__init__(nested, **kwargs)


class Embeddable(fields.Raw):
    """In answers: what something is called (a slug, a code), or the thing itself where `include` asked for it."""

    def __init__(self, schema: type[Schema], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.schema = schema


class AnyOf(fields.Raw):
    """In answers: an object of one of several forms, which something beside it tells apart."""

    def __init__(self, schemas: Sequence[type[Schema]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.schemas = tuple(schemas)
