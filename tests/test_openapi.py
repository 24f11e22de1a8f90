"""The OpenAPI document: valid, current, and telling everything about every operation. For clients made from it:
tests/test_openapi_clients.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from cms.core.http.access import Plane, access_of
from cms.core.http.openapi_delivery import delivery_only
from cms.extensions import api
from config import PROJECT_ROOT

COMMITTED = PROJECT_ROOT / "docs" / "openapi.json"
DELIVERY = PROJECT_ROOT / "docs" / "openapi-delivery.json"
METHODS = ("get", "put", "post", "delete", "patch")
SCHEMES = {Plane.DELIVERY: "DeliveryKey", Plane.MANAGEMENT: "AccessToken"}
Operation = tuple[str, dict[str, Any]]


@pytest.fixture(scope="module")
def document(migrated_app: Flask) -> dict[str, Any]:
    return api.document(migrated_app)


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def bodies(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The JSON contents of request and success answers."""
    answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    for part in (operation.get("requestBody", {}), *answers):
        for media_type, content in part.get("content", {}).items():
            if media_type.endswith("json"):
                yield content


def test_it_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_the_committed_document_is_the_built_one(document: dict[str, Any]) -> None:
    assert COMMITTED.exists(), "docs/openapi.json is missing: make openapi"
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == json.loads(json.dumps(document)), (
        "docs/openapi.json is not current: make openapi"
    )


def test_the_delivery_plane_has_a_document_of_its_own(document: dict[str, Any]) -> None:
    alone = delivery_only(document)

    assert [error.message for error in OpenAPIV31SpecValidator(alone).iter_errors()] == []
    assert alone["paths"] == {path: item for path, item in document["paths"].items() if path.startswith("/v1/")}
    assert json.loads(DELIVERY.read_text(encoding="utf-8")) == json.loads(json.dumps(alone)), "make openapi"
    text = json.dumps(alone)
    for kind, parts in alone["components"].items():
        unused = {name for name in parts if kind != "securitySchemes" and f"#/components/{kind}/{name}" not in text}
        assert unused == set(), kind
        assert parts.items() <= document["components"][kind].items()
    assert alone["components"]["securitySchemes"].keys() == {"DeliveryKey"}
    assert "/manage/" not in alone["info"]["description"]


def test_every_route_is_documented(app: Flask, document: dict[str, Any]) -> None:
    documented = {name.replace("{", "<").replace("}", ">") for name, _operation in operations(document)}
    missing = [
        f"{verb} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for verb in (rule.methods or set()) & {method.upper() for method in METHODS}
        if f"{verb} {_plain(rule.rule)}" not in documented
    ]

    assert missing == []


def _plain(rule: str) -> str:
    """The rule without the names of converters: `<string:slug>` is `<slug>`."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"<\1>", rule)


def test_operation_ids_are_unique_words(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _name, operation in operations(document)]

    assert len(ids) == len(set(ids))
    assert [each for each in ids if not each.isidentifier()] == []


def test_operation_ids_tell_the_planes_apart(document: dict[str, Any]) -> None:
    ids = {name.split()[1]: operation["operationId"] for name, operation in operations(document)}

    assert {path for path, each in ids.items() if each.startswith("manage_") != path.startswith("/manage/")} == set()
    assert {each.removeprefix("manage_") for each in ids.values()} & {"index", "read", "start", "get", "list"} == set()


def test_every_operation_has_summary_description_and_tag(document: dict[str, Any]) -> None:
    lacking = [
        name
        for name, operation in operations(document)
        if not operation.get("summary") or not operation.get("description") or not operation.get("tags")
    ]

    assert lacking == []


def test_every_tag_says_what_it_is_about(document: dict[str, Any]) -> None:
    told = {tag["name"] for tag in document["tags"] if tag.get("description")}

    assert {tag for _, operation in operations(document) for tag in operation["tags"]} - told == set()


def test_every_operation_says_which_token_it_takes(app: Flask, document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert isinstance(operation.get("security"), list), f"{name} says nothing about security"
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        path = document["paths"][_plain(rule.rule).replace("<", "{").replace(">", "}")]
        for verb in (rule.methods or set()) & {method.upper() for method in METHODS}:
            named = {scheme for each in path[verb.lower()]["security"] for scheme in each}
            if access is not None and access.needs_token and access.plane in SCHEMES:
                assert SCHEMES[access.plane] in named, f"{verb} {rule.rule}"


def test_every_operation_documents_its_errors(document: dict[str, Any]) -> None:
    lacking = []
    for name, operation in operations(document):
        statuses = set(operation["responses"])
        needed = {"401"} if operation["security"] and "MetricsToken" not in str(operation["security"]) else set()
        if any(parameter.get("in") == "query" for parameter in operation.get("parameters", ())):
            needed |= {"400"}
        if "application/json" in operation.get("requestBody", {}).get("content", {}):
            needed |= {"400", "413", "415", "422"}
        if "/manage/" in name and operation["security"] and "{" in name:
            needed |= {"404"} if not name.startswith("PUT") else set()
        if needed - statuses:
            lacking.append(f"{name}: {sorted(needed - statuses)}")

    assert lacking == []


def test_every_operation_shows_an_example_that_fits_its_schema(document: dict[str, Any]) -> None:
    faults = []
    for name, operation in operations(document):
        for content in bodies(document, operation):
            examples = [content["example"]] if "example" in content else []
            examples += [each["value"] for each in content.get("examples", {}).values()]
            if not examples:
                faults.append(f"{name}: no example")
            validator = Draft202012Validator({**content["schema"], "components": document["components"]})
            faults += [f"{name}: {error.message}" for each in examples for error in validator.iter_errors(each)]

    assert faults == []


def test_examples_say_what_fields_say_and_not_how_they_are_called(document: dict[str, Any]) -> None:
    """Red? Give the field an `example` in its metadata, or its name one in `BY_NAME` of cms/core/http/examples.py."""
    unreal = [
        f"{name}: {field}"
        for name, operation in operations(document)
        for content in bodies(document, operation)
        for field, value in fields_of(content.get("example"))
        if value == field.replace("_", " ")
    ]

    assert unreal == []


def test_examples_of_problems_are_filled_in_as_a_server_does(document: dict[str, Any]) -> None:
    told = list(problems_in(document))

    assert {each["status"] for each in told} >= {400, 401, 403, 404, 409, 410, 412, 413, 415, 429}
    assert [each["detail"] for each in told if "{" in each["title"] + each["detail"]] == []
    # Which token is missing depends on the plane.
    assert {each["detail"] for each in told if each["status"] == 401} >= {
        "This address needs a delivery key (Authorization: Bearer smp_...).",
        "This address needs a person's token: sign in first (Authorization: Bearer ...).",
    }


def problems_in(part: Any) -> Iterator[dict[str, Any]]:
    """Every example of a problem, wherever it stands."""
    if isinstance(part, dict):
        if {"status", "title", "detail", "code", "request_id"} <= part.keys() and isinstance(part["detail"], str):
            yield part
        for each in part.values():
            yield from problems_in(each)
    elif isinstance(part, list):
        for each in part:
            yield from problems_in(each)


def fields_of(example: Any) -> Iterator[tuple[str, Any]]:
    """Every field of an example with its value, those of lists one by one."""
    if isinstance(example, dict):
        for field, value in example.items():
            yield from ((field, each) for each in (value if isinstance(value, list) else [value]))
            yield from fields_of(value)
    elif isinstance(example, list):
        for each in example:
            yield from fields_of(each)


def test_the_example_of_a_hold_is_a_reason_that_the_guide_explains(document: dict[str, Any]) -> None:
    code = document["components"]["schemas"]["Hold"]["properties"]["code"]["example"]

    assert f"\n| `{code}` |" in (PROJECT_ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def test_every_parameter_is_described(document: dict[str, Any]) -> None:
    lacking = [
        f"{name}: {parameter['name']}"
        for name, operation in operations(document)
        for parameter in operation.get("parameters", ())
        if not parameter.get("description")
    ]
    lacking += [
        f"{path}: {parameter['name']}"
        for path, item in document["paths"].items()
        for parameter in item.get("parameters", ())
        if not parameter.get("description")
    ]

    assert lacking == []
