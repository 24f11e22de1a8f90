"""The test client of every test: it holds each answer against the OpenAPI document that the application itself builds.

So the document cannot drift from behaviour without a red test: an undocumented status, media type, field or header fails the
test that received it, whatever that test is about. Published answers are open, so that they may grow; what this version sends is
held to the exact document, whose answers are closed.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from cms.extensions import api

PROBLEM_TYPE = "application/problem+json"
PROBLEM = {"$ref": "#/components/schemas/Problem"}
# Of any request, before its operation is known or whatever it is: not repeated in every operation.
UNIVERSAL_STATUSES = {400, 401, 500, 503}
UNDOCUMENTED_METHODS = {"OPTIONS"}
# Of every answer, or of HTTP itself: no client of ours is made to look at them.
UNDOCUMENTED_HEADERS = {
    "Content-Type", "Content-Length", "Content-Encoding", "Content-Language", "Content-Security-Policy", "Date", "Vary", "Allow",
    "X-Content-Type-Options", "X-Frame-Options", "X-Robots-Tag", "X-Accel-Redirect", "X-Believed-Address", "Referrer-Policy",
    "Cross-Origin-Resource-Policy", "Cache-Control", "Cache-Groups", "Surrogate-Key",
}  # fmt: skip
OF_BROWSERS = "Access-Control-"


class Contract:
    """What the OpenAPI document of an application promises."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._validators: dict[tuple[str, str, str, str], Draft202012Validator] = {}

    @cached_property
    def document(self) -> dict[str, Any]:
        """The document, built once."""
        return api.exact_document(self._app)

    def check(self, method: str, path: str, answer: TestResponse) -> None:
        """Raise AssertionError when the answer is not what the document says."""
        where = f"{method} {path} -> {answer.status_code}"
        assert answer.headers.get("X-Request-Id"), f"{where}: no X-Request-Id"
        assert answer.status_code != 500, f"{where}: {answer.get_data(as_text=True)}"
        template = self._template(method, path)
        if method in UNDOCUMENTED_METHODS and answer.status_code < 400:
            return
        if template is None:
            assert answer.status_code >= 400, f"{where}: no such operation"
            is_page = answer.mimetype == "text/html" and "text/html" in answer.request.headers.get("Accept", "")
            if not is_page:
                self._check_problem(where, method, answer)
            return
        responses = self._operation(where, method, template)["responses"]
        status = str(answer.status_code)
        if status not in responses:
            assert answer.status_code in UNIVERSAL_STATUSES, f"{where}: only {sorted(responses)} are documented"
            self._check_problem(where, method, answer)
            return
        response = self._resolved(responses[status])
        self._check_headers(where, response, answer)
        self._check_body(where, (template, method, status), response, answer)
        # A page for people, where the document names one beside the problem.
        if answer.status_code >= 400 and answer.mimetype != "text/html":
            self._check_problem(where, method, answer)

    def _template(self, method: str, path: str) -> str | None:
        """The path of the operation as the document writes it; None for an unknown address or method."""
        try:
            rule, _values = self._app.url_map.bind("localhost").match(path, method, return_rule=True)
        except HTTPException:
            return None
        return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)

    def _operation(self, where: str, method: str, template: str) -> dict[str, Any]:
        path = self.document["paths"].get(template)
        assert path is not None, f"{where}: {template} is not documented"
        operation: dict[str, Any] | None = path.get("get" if method == "HEAD" else method.lower())
        assert operation is not None, f"{where}: this method of {template} is not documented"
        return operation

    def _resolved(self, response: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in response:
            return response
        found: dict[str, Any] = self.document["components"]["responses"][response["$ref"].rsplit("/", 1)[-1]]
        return found

    def _check_headers(self, where: str, response: dict[str, Any], answer: TestResponse) -> None:
        documented = response.get("headers", {})
        sent = {name for name in answer.headers.keys() if not name.startswith(OF_BROWSERS)}  # noqa: SIM118 - pairs otherwise
        told = sent - UNDOCUMENTED_HEADERS - documented.keys()
        assert not told, f"{where}: undocumented headers {sorted(told)}"
        headers = self.document["components"]["headers"]
        needed = {name for name, part in documented.items() if headers[part["$ref"].rsplit("/", 1)[-1]].get("required")}
        assert needed <= sent, f"{where}: without the headers {sorted(needed - sent)}"

    def _check_body(
        self, where: str, key: tuple[str, str, str], response: dict[str, Any], answer: TestResponse
    ) -> None:
        content = response.get("content")
        if key[1] == "HEAD" or answer.status_code in {204, 304}:
            assert not answer.get_data(), f"{where}: a body where there must be none"
            return
        if not content:
            assert not answer.get_data(), f"{where}: a body, but none is documented"
            return
        media_type = answer.mimetype
        assert media_type in content, f"{where}: {media_type} instead of {sorted(content)}"
        if "Content-Encoding" in answer.headers:
            # The same body is checked unpacked wherever a test asks for it so.
            return
        # A file that happens to be JSON is bytes.
        if "json" in media_type and content[media_type].get("schema", {}).get("format", "") != "binary":
            is_picked = answer.status_code < 400 and "fields" in answer.request.args
            kind = f"{media_type} of picked fields" if is_picked else media_type
            self._validate(where, (*key, kind), content[media_type]["schema"], answer.json)

    def _check_problem(self, where: str, method: str, answer: TestResponse) -> None:
        assert answer.mimetype == PROBLEM_TYPE, f"{where}: {answer.mimetype} instead of {PROBLEM_TYPE}"
        if method == "HEAD":
            return
        body = answer.get_json(force=True)
        self._validate(where, ("", "", "", PROBLEM_TYPE), PROBLEM, body)
        assert body["status"] == answer.status_code, f"{where}: `status` says {body['status']}"
        assert body["request_id"] == answer.headers["X-Request-Id"], f"{where}: another request_id in the body"
        assert "{" not in body["title"] + body["detail"], f"{where}: a hole in the text: {body['detail']}"

    def _validate(self, where: str, key: tuple[str, str, str, str], schema: dict[str, Any], value: Any) -> None:
        if key not in self._validators:
            components = self.document["components"]
            if key[-1].endswith("fields"):
                components = {**components, "schemas": _without_required(components["schemas"], schema)}
            self._validators[key] = Draft202012Validator({**schema, "components": components})
        error = best_match(self._validators[key].iter_errors(value))
        assert error is None, f"{where}: {error.json_path}: {error.message}"


def _without_required(schemas: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """The schemas, those of the items in an answer without `required`: `fields` picked some of their fields."""
    data = schemas[_name(answer)]["properties"]["data"]
    name = _name(data.get("items", data))
    # In a copy the items are inside of what is listed, in one of several forms.
    forms = schemas[name]["properties"].get("item", {}).get("anyOf")
    picked = {name} if forms is None else {_name(form) for form in forms}
    return {
        **schemas,
        **{each: {key: part for key, part in schemas[each].items() if key != "required"} for each in picked},
    }


def _name(reference: dict[str, Any]) -> str:
    name: str = reference["$ref"].rsplit("/", 1)[-1]
    return name


class ContractClient(FlaskClient):
    """A test client that checks every answer; put `application.extensions["contract"] = Contract(application)` first."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request and check its answer."""
        answer = super().open(*args, **kwargs)
        contract: Contract = self.application.extensions["contract"]
        contract.check(answer.request.method, answer.request.path, answer)
        return answer
