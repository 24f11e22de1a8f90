"""The OpenAPI document tells media types and headers of every operation, by what the operation is: whoever adds one gets them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from cms.extensions import api
from tests.test_openapi import operations
from tests.test_openapi_clients import answers

Document = dict[str, Any]


@pytest.fixture(scope="module")
def document(migrated_app: Flask) -> Document:
    return api.document(migrated_app)


def test_media_types_are_real(document: Document) -> None:
    named = {place.split()[-1] for place, _content in answers(document)}
    named |= {
        each for _, operation in operations(document) for each in operation.get("requestBody", {}).get("content", {})
    }

    assert {each for each in named if re.fullmatch(r"[a-z]+/[a-z0-9][a-z0-9.+-]*", each) is None} == set()
    assert {"application/pdf", "image/webp", "text/css"} <= named


def test_headers_are_told(document: Document) -> None:
    shared, lacking = document["components"]["responses"], []
    for name, operation in operations(document):
        sent = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "header"}
        is_delivery = " /v1/" in name
        needed = {"Min-Seq"} if is_delivery else set()
        needed |= {"If-None-Match"} if "304" in operation["responses"] else set()
        needed |= {"Range", "If-Range"} if "206" in operation["responses"] else set()
        lacking += [f"{name}: {each}" for each in needed - sent]
        for status, response in operation["responses"].items():
            whole = shared[response["$ref"].rsplit("/", 1)[-1]] if "$ref" in response else response
            missing = (
                _needed(status, whole, operation["responses"], is_delivery=is_delivery)
                - whole.get("headers", {}).keys()
            )
            lacking += [f"{name} {status}: {each}" for each in missing]

    assert lacking == []


def _needed(status: str, response: Document, responses: Document, *, is_delivery: bool) -> set[str]:
    needed = {"X-Request-Id"}
    needed |= {
        "201": {"Location"}, "206": {"Content-Range"}, "307": {"Location"}, "401": {"WWW-Authenticate"},
        "416": {"Content-Range"}, "429": {"Retry-After"}, "503": {"Retry-After"},
    }.get(status, set())  # fmt: skip
    if status in {"200", "206", "304"} and "304" in responses:
        needed.add("ETag")
    if status.startswith(("2", "3")) and is_delivery:
        needed |= {"Content-Seq", "Content-Epoch"}
    if any(
        content.get("schema", {}).get("$ref", "").endswith("Page") for content in response.get("content", {}).values()
    ):
        needed.add("Link")
    return needed
