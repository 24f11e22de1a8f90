"""A text of nothing that anybody sees is empty, in every field that takes text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields

from cms.cli.epoch import command as epoch
from cms.cli.moderation import command as moderation
from cms.core.characters import shows_something
from cms.core.http.fields import Text

UNSEEN = [
    "\u200b", "\u2060\ufeff", "\u2800", "\u2800 \u2800", "\u3164", "\u115f\u1160", "\uffa0", "\ufe0f", "\u0301", "\u17b4", "\U000e0100", "\u00ad", "\u180b", "\u200d\u200c",
    "\u2003\u00a0", "\u034f", "\u20dd",
]  # fmt: skip


def classes(base: type[Schema]) -> Iterator[type[Schema]]:
    for each in base.__subclasses__():
        yield each
        yield from classes(each)


def texts(field: Any) -> Iterator[Text]:
    """The text fields in a field: itself, or what its list or dictionary has."""
    if isinstance(field, Text):
        yield field
    elif isinstance(field, fields.List):
        yield from texts(field.inner)
    elif isinstance(field, fields.Dict) and field.value_field is not None:
        yield from texts(field.value_field)


def all_texts() -> Iterator[tuple[str, Text]]:
    """Every text field of every schema that anything is read with; nested schemas are schemas of their own."""
    for schema in classes(Schema):
        if schema.__module__.startswith("cms."):
            for name, field in schema().fields.items():
                yield from ((f"{schema.__name__}.{name}", each) for each in texts(field))


@pytest.mark.parametrize("unseen", UNSEEN)
def test_a_text_that_shows_nothing_is_blank_in_every_field(app: Flask, unseen: str) -> None:
    found = list(all_texts())
    assert len(found) > 60
    wrong = []
    with app.app_context():
        for name, field in found:
            try:
                taken = field.deserialize(unseen)
            except ValidationError as refused:
                is_told = bool(refused.messages)
            else:
                is_told = not field.least and taken == ""
            wrong += [] if is_told else [name]
    assert wrong == []


@pytest.mark.parametrize("seen", [".", "-", "a\u0301", "\u2800a", "😀", "❤\ufe0f", "ب", "\u0e01\u0e34", "⠏⠑", "1", "…"])
def test_what_shows_anything_stays(seen: str) -> None:
    assert Text(min=1, max=50).deserialize(seen) == unicodedata.normalize("NFC", seen)


@settings(deadline=None)
@given(st.text(st.sampled_from("".join(UNSEEN)), max_size=30), st.text(max_size=5))
def test_nothing_unseen_makes_a_text_seen(unseen: str, more: str) -> None:
    assert not shows_something(unseen)
    assert shows_something(unseen + more) == shows_something(more)


@pytest.mark.parametrize("reason", ["", " ", "\u200b", "\u2800", "...", "\x1b"])
def test_an_operator_says_in_words_why(reason: str) -> None:
    for group, words in ((moderation, ["lift", "city"]), (epoch, ["renew"])):
        refused = CliRunner().invoke(group, [*words, "--reason", reason])
        assert (refused.exit_code, "say in words why" in refused.output) == (2, True), refused.output
