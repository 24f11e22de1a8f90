"""What clients that are made from the OpenAPI document stand on, for every operation: answers may grow, input is told exactly,
names, headers, media types and patterns are such that generators understand them. Generated clients at work: tests/more/test_clients.py.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from cms.core.http.openapi_answers import KNOWN_WORDS, LIMITS, SOMETIMES_MARK, reachable_schemas
from cms.extensions import api
from tests.people import People
from tests.test_openapi import operations

Document = dict[str, Any]
# A name of something in one language, of a key, at another provider, and what may be an id, a slug or a number, are no ids.
NO_IDS = {
    "ChangeLine.id",
    "SyncedLine.id",
    # Of an item, or of an agency or a category: a slug.
    "MessageData.id",
    "Suggestion.id",
    # A fingerprint of what was found and where.
    "PersonalDataFinding.id",
    "ShownFinding.id",
    "Embed.id",
    "name_id",
    "text_id",
    # Of a freeze: the slug of an agency.
    "NotifiedResource.id",
    "TermNames.id",
    "Checkpoint.key_id",
    "ChangedResource.id",
    "ChangeCause.id",
    "RollbackFailure.id",
}
# What they hold depends on something else: any JSON value.
ANY_VALUE = {"FieldChange.before", "FieldChange.after", "Result.body", "Operation.body"}
ESCAPES = re.compile(r"\\(?:[\^$\\.*+?()\[\]{}|/dDwWsSbBnrtfv0-]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4})")


@pytest.fixture(scope="module")
def document(migrated_app: Flask) -> Document:
    return api.document(migrated_app)


@pytest.fixture(scope="module")
def exact(migrated_app: Flask) -> Document:
    """What this version sends, to the letter."""
    return api.exact_document(migrated_app)


def answers(document: Document) -> Iterator[tuple[str, Document]]:
    """The content of every answer with a schema."""
    shared = document["components"]["responses"]
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            if "$ref" in response:
                continue
            for media_type, content in response.get("content", {}).items():
                yield f"{name} {status} {media_type}", content
    for name, response in shared.items():
        for media_type, content in response.get("content", {}).items():
            yield f"{name} {media_type}", content


def schemas_of_answers(document: Document) -> dict[str, Document]:
    names = reachable_schemas(
        [content["schema"] for _name, content in answers(document)], document["components"]["schemas"]
    )
    return {name: document["components"]["schemas"][name] for name in names}


def parts(name: str, schema: Any) -> Iterator[tuple[str, Document]]:
    """A schema and those inside it, each with its place."""
    if isinstance(schema, list):
        for each in schema:
            yield from parts(name, each)
    elif isinstance(schema, dict):
        yield name, schema
        for field, part in schema.get("properties", {}).items():
            yield from parts(f"{name}.{field}", part)
        for keyword in ("items", "oneOf", "anyOf", "allOf", "additionalProperties"):
            # `{}`: any value.
            yield from parts(name, schema.get(keyword) or None)


def parts_of_answers(document: Document) -> Iterator[tuple[str, Document]]:
    for name, schema in schemas_of_answers(document).items():
        yield from parts(name, schema)
    for name, content in answers(document):
        yield from parts(name, content["schema"])
    for name, header in document["components"]["headers"].items():
        yield from parts(name, header["schema"])


def test_answers_are_open(document: Document) -> None:
    closed = [
        f"{name}: {keyword}"
        for name, part in parts_of_answers(document)
        for keyword in {*LIMITS, "additionalProperties", "enum"} & part.keys()
        if not (keyword == "additionalProperties" and part[keyword] is not False)
        if not (keyword == "enum" and name.endswith(".type") and len(part["enum"]) == 1)
    ]

    assert closed == []
    silent = [
        name for name, part in parts_of_answers(document) if "properties" in part and "additionalProperties" not in part
    ]
    assert silent == []


def test_input_is_closed(document: Document) -> None:
    """An unknown field is refused, so the document says so."""
    schemas = document["components"]["schemas"]
    bodies = [operation.get("requestBody", {}) for _name, operation in operations(document)]
    names = reachable_schemas(bodies, schemas)
    open_ones = [
        place
        for name in names
        for place, part in parts(name, schemas[name])
        if part.get("properties") and part.get("additionalProperties") is not False
    ]

    assert open_ones == []
    assert names & schemas_of_answers(document).keys() == set()


def test_this_version_is_held_to_closed_answers(exact: Document) -> None:
    """Every answer that a test receives is compared with this: an undocumented field or word fails (tests/contract.py)."""
    open_ones = [
        name
        for name, part in parts_of_answers(exact)
        if part.get("properties") and part.get("additionalProperties") is not False
    ]

    # Problems may gain members (RFC 9457, section 3.2).
    assert set(open_ones) <= {"Problem"}


def test_grown_answers_are_still_what_the_document_says(document: Document, exact: Document) -> None:
    """New fields everywhere and words that nobody knows yet: clients of today read them, and today's tests would not."""
    faults = []
    for (name, content), (_name, exactly) in zip(answers(document), answers(exact), strict=True):
        for example in _examples(content):
            grown = _grown(example)
            for told, part, value, is_right in (
                ("example", content, example, True), ("exact example", exactly, example, True), ("grown", content, grown, True),
                ("exact grown", exactly, grown, not isinstance(example, dict) or "/openapi" in name),
            ):  # fmt: skip
                whole = exact if part is exactly else document
                error = next(_validator(whole, part["schema"]).iter_errors(value), None)
                if (error is None) != is_right:
                    faults.append(f"{name}: {told}: {error and error.message}")

    assert faults == []


def _examples(content: Document) -> list[Any]:
    given = [content["example"]] if "example" in content else []
    return [each for each in [*given, *(each["value"] for each in content.get("examples", {}).values())] if each != ""]


def _grown(value: Any) -> Any:
    if isinstance(value, list):
        return [_grown(each) for each in value]
    if isinstance(value, dict):
        # What holds nothing but lists may be a map of lists (the filters of a copy): it gains one more of its kind.
        is_of_lists = bool(value) and all(isinstance(each, list) for each in value.values())
        later = ["more"] if is_of_lists else "more"
        return {**{name: _grown(each) for name, each in value.items()}, "later": later}
    return value


def _validator(document: Document, schema: Document) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document["components"]})


def test_open_words_name_those_of_today(document: Document, exact: Document) -> None:
    known = {
        name: part["enum"]
        for name, part in parts_of_answers(exact)
        if "enum" in part and not (name.endswith(".type") and len(part["enum"]) == 1)
    }
    told = {name: part[KNOWN_WORDS] for name, part in parts_of_answers(document) if KNOWN_WORDS in part}

    assert told == {name: [word for word in words if word is not None] for name, words in known.items()}
    assert len(told) > 20


def test_answers_say_what_they_always_have(document: Document) -> None:
    lacking = [name for name, part in parts_of_answers(document) if part.get("properties") and not part.get("required")]

    # A person proposes one word or several; a reader asks for some facets.
    assert set(lacking) <= {"ProposedWords", "Meta", "SearchFacets"}
    assert SOMETIMES_MARK not in str(document)


def test_every_field_says_what_it_is(document: Document) -> None:
    told = {"type", "$ref", "oneOf", "anyOf", "enum"}
    every = [each for name, schema in document["components"]["schemas"].items() for each in parts(name, schema)]

    assert {name for name, part in every if not told & part.keys()} <= ANY_VALUE


def test_ids_are_uuids_everywhere(document: Document) -> None:
    schemas = [each for name, schema in document["components"]["schemas"].items() for each in parts(name, schema)]
    parameters = [
        (f"{name}.{parameter['name'].removesuffix('s')}", parameter["schema"].get("items", parameter["schema"]))
        for name, operation in operations(document)
        for parameter in operation.get("parameters", ())
    ]
    for path, item in document["paths"].items():
        parameters += [(f"{path}.{each['name']}", each["schema"]) for each in item.get("parameters", ())]
    missing = {
        place
        for place, part in [*schemas, *parameters]
        if re.search(r"\.(id|\w+_id)$", place)
        and not place.endswith(".request_id")
        and not {place, place.rpartition(".")[2]} & NO_IDS
        and "string" in str(part.get("type"))
        and part.get("format") != "uuid"
    }

    assert missing == set()


def test_lists_in_queries_are_arrays(document: Document) -> None:
    faults, arrays = [], {}
    for name, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            schema = parameter["schema"]
            if schema["type"] == "array":
                arrays[f"{name} {parameter['name']}"] = schema["items"]
                if (parameter["style"], parameter["explode"]) != ("form", False):
                    faults.append(f"{name} {parameter['name']}: not written with commas")
            elif "commas" in parameter.get("description", ""):
                faults.append(f"{name} {parameter['name']}: is a list")

    assert faults == []
    posts = {name.rpartition(" ")[2]: items for name, items in arrays.items() if name.startswith("GET /v1/posts ")}
    assert {"fields", "include", "agency", "tag"} <= posts.keys()
    assert {"title", "body_html"} <= {*posts["fields"]["enum"]}
    assert {"agency", "category"} <= {*posts["include"]["enum"]}
    managed = [
        arrays[f"GET /manage/v1/{each}"] for each in ("posts kind", "documents class", "posts state", "agencies kind")
    ]
    assert all(each["enum"] for each in managed)


def test_patterns_are_those_of_javascript(document: Document) -> None:
    """Generators put them into literals of many languages, so no quotation mark stands in one either."""
    faults = []
    for pattern in sorted(_patterns(document)):
        re.compile(pattern)
        rest = ESCAPES.sub("", pattern)
        if "\\" in rest or '"' in pattern or "'" in pattern or re.search(r"\(\?(?!:|=|!|<=|<!)", pattern):
            faults.append(pattern)
        if not (pattern.startswith("^") and pattern.endswith("$")):
            faults.append(f"not the whole value: {pattern}")

    assert faults == []


def _patterns(part: Any) -> set[str]:
    if isinstance(part, list):
        return {each for inner in part for each in _patterns(inner)}
    if not isinstance(part, dict):
        return set()
    own = {part["pattern"]} if isinstance(part.get("pattern"), str) else set()
    return own | {each for inner in part.values() for each in _patterns(inner)}


def test_a_field_that_can_be_embedded_is_a_word_or_an_object(document: Document) -> None:
    """With `include`; both are told, and which object it is."""
    schemas = document["components"]["schemas"]
    post = schemas["DeliveredPost"]["properties"]

    assert [each.get("type", each.get("$ref")) for each in post["category"]["oneOf"]] == [
        "string", "#/components/schemas/DeliveredCategory", "null",
    ]  # fmt: skip
    assert {"$ref": "#/components/schemas/DeliveredArea"} in post["areas"]["items"]["oneOf"]
    assert schemas["ItemAgency"]["required"] == ["slug", "name", "short_name"]


def test_a_list_can_be_sent_with_commas_or_value_by_value(client: FlaskClient, people: People, city: None) -> None:
    """Both forms are usual among generated clients. What is no list is still given once."""
    site = people.website()
    once = site.get("/v1/agencies?kind=dinas,kota&limit=5")
    again = site.get("/v1/agencies?kind=dinas&kind=kota&limit=5")

    assert once.json["data"] == again.json["data"]
    assert len(once.json["data"]) == len({*(each["slug"] for each in once.json["data"])}) > 0
    refused = site.get("/v1/agencies?limit=5&limit=6")
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (400, "repeated")


def test_the_documents_are_copied_before_they_are_changed(migrated_app: Flask) -> None:
    first = copy.deepcopy(api.document(migrated_app))

    assert api.exact_document(migrated_app) != first
    assert api.document(migrated_app) == first
