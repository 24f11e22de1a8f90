"""What was expected is said in Indonesian where the sentence is Indonesian: every `expected` of the house is in the table."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator

from cms.core.http.messages import RULES
from cms.core.http.messages.expectations import EXPECTATIONS
from cms.core.http.messages.text import IN_ENGLISH
from config import PROJECT_ROOT

CALLS_WITH_WORDS = {"Pattern": 1, "wrong_type": 0}
"""Calls that take the words without naming them, and where."""
PASSED_ON = {"self.expected", "expected"}
"""Words that a field or a validator was given, and hands on."""
DATA = {
    "cms/posts/events.py": "day",
    "cms/documents/content.py": "kind.information_class",
    "cms/serving/validity.py": "self.positions(heads)",
}
"""A day, a class of information and positions of the log: they are data, not words."""


def expressions() -> Iterator[tuple[str, ast.expr]]:
    """The file and expression of everything that is said as `expected`."""
    for path in sorted((PROJECT_ROOT / "cms").rglob("*.py")):
        file = str(path.relative_to(PROJECT_ROOT))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                yield from ((file, value) for key, value in pairs if ast.unparse(key or node) == "'expected'")
            if not isinstance(node, ast.Call):
                continue
            yield from ((file, each.value) for each in node.keywords if each.arg == "expected")
            place = CALLS_WITH_WORDS.get(ast.unparse(node.func))
            if place is not None:
                yield from ((file, each) for each in node.args[place : place + 1])


def said() -> dict[str, str]:
    """The English words, each with a file that says them. Raises `NameError` for words that are put together while running."""
    found = {}
    for file, expression in expressions():
        source = ast.unparse(expression)
        if source in PASSED_ON or DATA.get(file) == source:
            continue
        module = importlib.import_module(file.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
        words = eval(source, vars(module))  # noqa: S307 - our own source
        if isinstance(words, str):
            found[words] = file
    return found


def test_everything_that_is_expected_has_indonesian_words() -> None:
    assert said().keys() == EXPECTATIONS.keys()


def test_the_search_meets_every_way_to_say_what_is_expected() -> None:
    """A keyword, an entry of a dictionary, a constant, the second argument of a pattern and the only one of a wrong type."""
    files = {*said().values()}

    assert {"cms/core/cursors.py", "cms/core/http/conditional.py", "cms/core/http/contact_fields.py"} <= files
    assert {"a whole number", "slugs of agencies"} <= said().keys()


def test_indonesian_words_differ_from_the_english_ones() -> None:
    """Except for names that both languages share."""
    assert {english for english, indonesian in EXPECTATIONS.items() if english == indonesian} == set()


def test_the_sentence_takes_the_words_of_its_language() -> None:
    assert "expected" in IN_ENGLISH
    for code in ("bad_format", "wrong_type"):
        for english, indonesian in EXPECTATIONS.items():
            assert RULES[code].filled("id", {"expected": english}) == f"Seharusnya {indonesian}."
            assert RULES[code].filled("en", {"expected": english}) == f"Expected {english}."
