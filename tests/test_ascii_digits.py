"""What comes from outside has ASCII digits only: `int()`, `isdigit()` and regular expressions would take thirty other scripts too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import UnicodeConverter

from cms.core.http.ascii_digits import AsciiNumber
from cms.core.permissions import Role
from config import PROJECT_ROOT, ConfigurationError, Settings
from tests.people import People

SOURCES = [PROJECT_ROOT / "config.py", *sorted((PROJECT_ROOT / "cms").rglob("*.py"))]
# What `int()` reads there was matched by an expression of ours before, or never was outside.
READS_NUMBERS = {
    "cms/changes/seen_positions.py": "a file of ours",
    "cms/changes/followers.py": "what the database answered",
    "cms/changes/installation.py": "what the database answered",
    "cms/core/http/conditional.py": "after _TAG",
    "cms/core/database_clock.py": "what the database answered",
    "cms/core/html_lists.py": "after _NUMBER, and a count",
    "cms/core/html_structure.py": "the name of a heading that is allowed",
    "cms/core/html_tables.py": "after _SPAN",
    "cms/core/http/fields.py": "after _INTEGER",
    "cms/core/http/files.py": "after _RANGE",
    "cms/core/outbound_rules.py": "addresses that are parsed, and a setting after isascii()",
    "cms/core/rate_limits.py": "a quotient of ours",
    "cms/core/shared_limits.py": "what Redis answered a script of ours",
    "cms/core/setting_text.py": "after isascii()",
    "cms/privacy/identity_numbers.py": "digits of a text whose digits were made plain",
    "cms/search/corrections.py": "what the database answered",
    "cms/search/entries.py": "a moment of ours",
    "cms/search/finding.py": "what the database answered",
    "cms/editorial/previews/pictures.py": "what we have sealed",
    "cms/file_texts/extractor.py": "after SLIDE",
    "cms/publishing/revisions.py": "what the database answered",
    "cms/serving/finished.py": "a status of ours",
    "cms/core/metrics.py": "names of our own files",
    "cms/core/http/openapi.py": "statuses",
    "cms/core/http/openapi_headers.py": "statuses",
    "cms/core/signing_keys.py": "a moment",
    "cms/core/libpq.py": "what the database answered",
    "cms/serving/admission.py": "after _DEMAND",
    "cms/delivery/files.py": "what the database answered",
    "cms/delivery/media.py": "what the database answered, after is_id",
    "cms/documents/pdf_actions.py": "bytes, of which only ASCII digits are digits",
    "cms/documents/queries.py": "what the database answered",
    "cms/editorial/history/schemas.py": "a span of ours",
    "cms/editorial/previews/schemas.py": "a span of ours",
    "cms/media/queries.py": "what the database answered",
    "cms/documents/file_types.py": "four bytes",
    "cms/documents/picture_files.py": "four bytes",
    "cms/documents/sound_and_film_files.py": "four or eight bytes",
    "cms/moderation/lexicon.py": "a file of ours",
    "cms/moderation/links.py": "after _QUAD",
    "cms/media/decoder.py": "a number of the decoder",
    "cms/publishing/reading.py": "what the database answered",
    "cms/serving/validity.py": "numbers",
    "cms/taxonomy/seed.py": "a file of ours",
    "cms/accounts/tokens.py": "moments",
    "cms/core/embeds.py": "after _START",
    "cms/core/markdown_source.py": "after _NUMBER",
    "cms/handbook/errors.py": "after _STATUSES, of a document of ours",
    "cms/handbook/markdown.py": "the name of a heading",
    "cms/publishing/walking.py": "what the database answered",
    "cms/sync/changed_lines.py": "after the pattern of the parameter",
    "cms/webhooks/policies.py": "after isascii()",
    "cms/webhooks/tasks.py": "a moment",
    "config.py": "after isascii()",
}
HARMLESS_EXPRESSIONS = {
    # What is a word has a letter, beside digits of any script; no number is read.
    r"[^\W_]*[^\W\d_][^\W_]*",
    # Words and numbers of any script are told apart; then their digits become plain ones, none is read as a number.
    r"[^\W\d_]",
    r"\d++",
}
HARMLESS_QUESTIONS = {
    # Raised digits are shown as plain ones; their text is not read as a number.
    "name: {sign: shown for sign, shown in table.items() if chr(sign).isdecimal()} for name, table in RAISED.items()",
    # A hashtag of digits alone is none, in any script; it is not read as a number.
    'return f"#{name}" if name and not name.isdecimal() else ""',
    # What is hidden, or was made plain (cms.privacy.readable) before it is looked at.
    'return " ".join(["".join(HIDDEN if letter.isdecimal() else letter for letter in first), *shown])',
    "letter: _PLAIN.get(letter, str(unicodedata.decimal(letter)) if letter.isdecimal() else letter)",
    'if groups.before == "." or (before == "," and text[groups.start - 2 : groups.start - 1].isdecimal()):',
    "not said.isdecimal()",
    "and digits.isdecimal()",
    # Of bytes `isdigit` knows ASCII only.
    "if name == number and len(offset) <= LONGEST_OFFSET and offset.isdigit():",
}
ARABIC, FULL_WIDTH = ({ord("0") + digit: zero + digit for digit in range(10)} for zero in (0x660, 0xFF10))
SCRIPTS = pytest.mark.parametrize("script", [ARABIC, FULL_WIDTH], ids=["Arabic", "full width"])


def calls(path: Path) -> Iterator[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Line and value of every text in a file but those that stand alone, which describe."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.lineno, node.value


def test_no_expression_of_ours_takes_digits_of_other_scripts() -> None:
    found = [
        f"{path.relative_to(PROJECT_ROOT)}:{line}"
        for path in SOURCES
        for line, text in texts(path)
        if re.search(r"(?<!\\)\\d", text) and text not in HARMLESS_EXPRESSIONS
    ]

    assert found == []


def test_text_becomes_a_number_only_where_it_was_matched_before() -> None:
    reading = {
        str(path.relative_to(PROJECT_ROOT))
        for path in SOURCES
        for call in calls(path)
        if isinstance(call.func, ast.Name) and call.func.id == "int" and "cli" not in path.parts
    }

    # Whoever reads one more says here why it is safe. The command line is for those who run the server.
    assert reading - set(READS_NUMBERS) == set()


def test_nobody_asks_whether_a_text_is_a_number_without_asking_for_ascii() -> None:
    lines = [
        line.strip()
        for path in SOURCES
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\.is(digit|decimal|numeric)\(", line) and "isascii()" not in line
    ]

    assert [line for line in lines if line not in HARMLESS_QUESTIONS] == []


def test_every_number_in_a_path_is_read_by_our_converter(app: Flask) -> None:
    converters = [converter for rule in app.url_map.iter_rules() for converter in rule._converters.values()]

    assert any(isinstance(converter, AsciiNumber) for converter in converters)
    assert {type(converter) for converter in converters} <= {AsciiNumber, UnicodeConverter}


@SCRIPTS
@pytest.mark.usefixtures("city")
def test_an_edition_has_one_address(people: People, script: dict[int, int]) -> None:
    author = people.person(Role.AUTHOR, "dpu")
    made = author.post("/manage/v1/posts", {"agency": "dpu", "kind": "berita", "title": "Jalan ditutup"})
    path = f"/manage/v1/posts/{made.json['data']['id']}/editions"  # type: ignore[index]

    assert author.get(f"{path}/1").status_code == 200
    assert [author.get(f"{path}/{number}").status_code for number in ("1".translate(script), "01", "+1", "1" * 30)] == [
        404
    ] * 4
    stale = author(
        "PATCH", f"/manage/v1/posts/{made.json['data']['id']}", match='"v' + "1".translate(script) + '"', json={}
    )  # type: ignore[index]
    assert stale.status_code in (400, 412)


@SCRIPTS
@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("/v1/posts?limit={}", None), ("/v1/posts?area=64.{}", None), ("/v1/documents?year=20{}", None),
        ("/v1/posts?published_after=20{}-01-01T00:00:00Z", None), ("/v1/posts", "Min-Seq"),
    ],
)  # fmt: skip
def test_a_question_with_other_digits_is_refused(
    client: FlaskClient, people: People, script: dict[int, int], path: str, header: str | None
) -> None:
    website = people.website()
    digits = "26".translate(script)
    headers = {header: digits.encode().decode("latin-1")} if header else {}

    assert website.get(path.format(digits), headers=headers).status_code == 400


@SCRIPTS
@pytest.mark.parametrize("name", ["PORT", "MAX_JSON_BYTES"])
def test_a_setting_with_other_digits_is_refused(
    monkeypatch: pytest.MonkeyPatch, script: dict[int, int], name: str
) -> None:
    monkeypatch.setenv(name, "8000".translate(script))

    with pytest.raises(ConfigurationError, match=name):
        Settings.from_environ()
