"""Rules that a value can break: bounds, closed lists, patterns. A broken one is reported as `code {json parameters}`.

`cms.core.http.input_errors` turns that into the words of the caller's language.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from marshmallow import ValidationError, validate

from cms.core.bounded_text import LONGEST_MARK_RUN, has_long_mark_run, is_longer_raw
from cms.core.characters import is_readable
from cms.core.clock import rfc3339


def rule(code: str, **params: Any) -> str:
    """The message of a broken rule: its code and parameters in one string."""
    return f"{code} {json.dumps(params)}" if params else code


def wrong_type(expected: str) -> ValidationError:
    """The error of a value of another type."""
    return ValidationError(rule("wrong_type", expected=expected))


def unknown_word(expected: str, choices: Iterable[str]) -> ValidationError:
    """The fault of a word that is not taken: what is expected in words, where that says more, else the closed list."""
    if expected:
        return ValidationError(rule("bad_format", expected=expected))
    return ValidationError(rule("not_allowed", allowed=", ".join(choices)))


def refuse_unbounded(text: str, longest: int) -> None:
    """Raise `ValidationError` for text that is too costly to process: far too long, or with a long run of combining marks."""
    if is_longer_raw(text, longest):
        raise ValidationError(rule("too_long", max=longest))
    if has_long_mark_run(text):
        raise ValidationError(rule("too_many_marks", max=LONGEST_MARK_RUN))


class Length(validate.Length):
    """Bounds on the number of characters or entries."""

    def __call__(self, value: Any) -> Any:
        """Refuse what is too short or too long."""
        if self.min is not None and len(value) < self.min:
            raise ValidationError(rule("too_short", min=self.min))
        if self.max is not None and len(value) > self.max:
            raise ValidationError(rule("too_long", max=self.max))
        return value


class HasWords(validate.Validator):
    """Something that people can read: at least one visible letter or digit, or a sign such as an emoji."""

    def __call__(self, value: Any) -> Any:
        """Refuse a text that looks blank; an empty one is for `Length` to refuse."""
        if value and not is_readable(value):
            raise ValidationError("blank")
        return value


class Between(validate.Validator):
    """From a moment on and before another one; a day counts as the moment when it begins in UTC."""

    def __init__(self, first: datetime, end: datetime) -> None:
        self.first, self.end = first, end

    def __call__(self, value: Any) -> Any:
        """Refuse what is earlier or later."""
        moment = value if isinstance(value, datetime) else datetime.combine(value, time.min, UTC)
        if moment < self.first:
            raise ValidationError(rule("too_small", min=rfc3339(self.first)))
        if moment >= self.end:
            raise ValidationError(rule("too_big", max=rfc3339(self.end - timedelta(seconds=1))))
        return value


class Range(validate.Range):
    """Bounds on a number, both included."""

    def __call__(self, value: Any) -> Any:
        """Refuse what is too small or too big."""
        if self.min is not None and value < self.min:
            raise ValidationError(rule("too_small", min=self.min))
        if self.max is not None and value > self.max:
            raise ValidationError(rule("too_big", max=self.max))
        return value


class OneOf(validate.OneOf):
    """A closed list of values."""

    def __call__(self, value: Any) -> Any:
        """Refuse what is not in the list, and name the list."""
        if value not in self.choices:
            raise ValidationError(rule("not_allowed", allowed=", ".join(str(choice) for choice in self.choices)))
        return value


class OneOfTheApplication(validate.Validator):
    """A closed list that is known only inside an application, such as the names of its content types."""

    def __init__(self, list_choices: Callable[[], Iterable[str]]) -> None:
        self._list_choices = list_choices

    @property
    def choices(self) -> Sequence[str]:
        """The list; the OpenAPI document takes it from here."""
        return tuple(self._list_choices())

    def __call__(self, value: Any) -> Any:
        """Refuse what is not in the list, and name the list."""
        return OneOf(self.choices)(value)


class Pattern(validate.Regexp):
    """A regular expression; `expected` describes it in words."""

    def __init__(self, pattern: str, expected: str) -> None:
        super().__init__(pattern)
        self.expected = expected

    def __call__(self, value: Any) -> Any:
        """Refuse what does not match as a whole."""
        if self.regex.fullmatch(value) is None:
            raise ValidationError(rule("bad_format", expected=self.expected))
        return value
