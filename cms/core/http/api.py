"""flask-smorest, read strictly and described by our own rules; the only module that calls it."""

from __future__ import annotations

import copy
import functools
import http
from collections.abc import Callable, Sequence
from typing import Any

import flask_smorest
from flask import Flask, Request, Response, request
from marshmallow import RAISE, Schema, ValidationError, fields, missing
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import MultiDict

from cms.core.errors import BadRequest, InputError, UnsupportedType
from cms.core.http.access import REHEARSAL, WRITING_METHODS
from cms.core.http.fields import CommaSeparated
from cms.core.http.input_errors import to_domain_error
from cms.core.http.json_input import parse_json
from cms.core.http.openapi import completed
from cms.core.http.openapi_answers import open_answers
from cms.core.http.openapi_fields import FIELD_DESCRIPTIONS, comma_separated_parameter
from cms.core.http.openapi_parts import SPEC_OPTIONS
from cms.core.http.problems import http_problem
from cms.core.http.schemas import ProblemSchema

PROBLEM_TYPE = "application/problem+json"
SPEC = "simpul_spec"
"""Where an application keeps its own document: several may live in one process."""
PATCH_TYPES = ("application/json", "application/merge-patch+json")
WRITE_PROBLEMS = (400, 401, 403, 404, 409, 413, 415, 422)
"""Statuses of every operation with a body."""
BYTES, TEXT = {"type": "string", "format": "binary"}, {"type": "string"}
CHANGE_PROBLEMS = (*WRITE_PROBLEMS, 412, 428)
"""Statuses of an operation that also needs `If-Match`."""
MESSAGE_HEADERS = {
    "webhook-id": "The same at every repetition: keep it, and handle nothing twice.",
    "webhook-timestamp": "When this try began, in seconds since 1970: refuse what is older than five minutes.",
    "webhook-signature": "Signatures of Standard Webhooks 1.0.0, separated by spaces: one that holds is enough.",
}
IMPLIED = {413: (408, 411), 428: (400,)}


class StrictParser(FlaskParser):
    """Reads input strictly: unknown names and repeated parameters are refused, JSON is parsed by our own rules."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"query": RAISE, "json": RAISE, "form": RAISE, "files": RAISE, "headers": None}  # noqa: RUF012

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The parsed body; a missing one counts as an empty object, so that the error names the required fields."""
        if not req.content_length:
            return {}
        if req.headers.get("Content-Encoding", "identity").lower() != "identity":
            # A compressed body would have to be counted against the limit while unpacking (R-L1).
            raise UnsupportedType(allowed="application/json without Content-Encoding")
        allowed = PATCH_TYPES if req.method == "PATCH" else PATCH_TYPES[:1]
        if req.mimetype not in allowed:
            raise UnsupportedType(allowed=" or ".join(allowed))
        return parse_json(req.get_data())

    def handle_error(
        self, error: ValidationError, req: Request, schema: Schema, *, error_status_code: Any, error_headers: Any
    ) -> Any:
        """Raise the domain's error instead of aborting."""
        location = next(iter(error.messages_dict), "json")
        raise to_domain_error(error, schema, str(location)) from None

    def _raw_load_json(self, req: Request) -> Any:
        return missing


class QueryView:
    """A view that gets the query parameters as an argument, as Flask calls it; `view` is the one without them."""

    def __init__(self, schema: Schema, view: Callable[..., Any]) -> None:
        functools.update_wrapper(self, view)
        self.schema, self.view = schema, view

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Load the parameters of the request, then answer it."""
        arguments = list(request.args.items(multi=True))
        if request.method in WRITING_METHODS:
            # The rehearsal parameter, which every write takes, is read where the write is carried out.
            arguments = [item for item in arguments if item[0] != REHEARSAL]
        return self.view(*args, load_query(self.schema, arguments), **kwargs)


def load_query(schema: Schema, arguments: Sequence[tuple[str, str]]) -> Any:
    """The query parameters of a request, loaded with a schema; repeated and unknown names are refused."""
    given = dict(arguments)
    if len(given) != len(arguments):
        given |= _joined(schema, MultiDict(arguments))
    try:
        return _quickly_loaded(schema, given)
    except (KeyError, ValidationError):
        # Something is wrong: the schema itself says what, about every parameter.
        try:
            return schema.load(given)
        except ValidationError as error:
            raise to_domain_error(error, schema, "query") from None


def _joined(schema: Schema, arguments: MultiDict[str, str]) -> dict[str, str]:
    """Lists whose values were sent one by one, as many clients do: `kind=a&kind=b` is `kind=a,b`. Anything else is given once."""
    known = _shape(schema)[0]
    repeated = {name: values for name, values in arguments.lists() if len(values) > 1}
    wrong = [name for name in repeated if name not in known or not isinstance(known[name][1], CommaSeparated)]
    if wrong:
        raise BadRequest("invalid_parameter", errors=[InputError("parameter", name, "repeated") for name in wrong])
    return {name: ",".join(values) for name, values in repeated.items()}


def _quickly_loaded(schema: Schema, given: dict[str, str]) -> dict[str, Any]:
    """The same as `schema.load` for a flat schema without hooks, but only reads the parameters that were sent.

    Raises KeyError for an unknown or a missing one, `ValidationError` for a wrong one.
    """
    known, defaults, required = _shape(schema)
    values = dict(defaults)
    for name, text in given.items():
        attribute, declared = known[name]
        values[attribute] = declared.deserialize(text, name, given)
    for name in required:
        given[name]
    return values


@functools.cache
def _shape(schema: Schema) -> tuple[dict[str, tuple[str, fields.Field[Any]]], dict[str, Any], tuple[str, ...]]:
    """The shape of a query schema: fields by parameter name, defaults by attribute, and required parameters."""
    loaded = schema.load_fields
    known = {field.data_key or name: (field.attribute or name, field) for name, field in loaded.items()}
    defaults = {
        field.attribute or name: field.load_default
        for name, field in loaded.items()
        if field.load_default is not missing
    }
    return known, defaults, tuple(field.data_key or name for name, field in loaded.items() if field.required)


class Blueprint(flask_smorest.Blueprint):
    """A blueprint whose input is read strictly and whose operations document their problems."""

    ARGUMENTS_PARSER = StrictParser()

    def arguments(self, schema: Any, *, location: str = "json", **options: Any) -> Any:
        """Read input through a schema. One instance serves all requests: making one copies every field.

        Query parameters, which every list and detail has, are read without webargs' layers: same rules, half the cost. Their address can be too
        long (414).
        """
        schema = schema() if isinstance(schema, type) else schema
        documented = super().arguments(schema, location=location, **options)
        if location != "query":
            return documented

        return lambda view: self.problems(414)(_document(QueryView(schema, view), documented))

    def answers(self, status: int, schema: Any) -> Callable[[Any], Any]:
        """Document the answer of a view that makes the whole of it itself."""
        documented = self.response(status, schema)
        return lambda view: _document(view, documented)

    @staticmethod
    def doc(**told: Any) -> Callable[[Any], Any]:
        """Document more of an operation."""
        documented = flask_smorest.Blueprint.doc(**told)
        return lambda view: _document(view, documented)

    def problems(self, *statuses: int) -> Callable[[Any], Any]:
        """Document the error answers of an operation beyond the default one.

        An operation with 413 also gets 408 (too slow) and 411 (no length), one with 428 also 400 (`If-Match` names no version).
        """

        def decorator(view: Any) -> Any:
            for status in sorted({*statuses, *(more for each in statuses for more in IMPLIED.get(each, ()))}):
                _document(view, self.alt_response(status, http.HTTPStatus(status).name))
            return view

        return decorator

    def sends_bytes(self, *media_types: str) -> Callable[[Any], Any]:
        """Document a view that answers through `cms.core.http.files`: bytes of these types, whole, in parts, or not again.

        JSON comes last: some generators read every answer as the first type that they know.
        """
        ordered = sorted(media_types, key=lambda each: each.endswith("json"))

        def decorator(view: Any) -> Any:
            self.sends(*ordered, description="The whole file.")(view)
            self.sends(*ordered, status=206, description="The range that was asked for.")(view)
            return self.problems(416)(self.conditional(view))

        return decorator

    def sends(self, *media_types: str, status: int = 200, description: str = "OK") -> Callable[[Any], Any]:
        """Document a view whose answer has one of these media types."""

        def decorator(view: Any) -> Any:
            # A decorator that is applied later is documented earlier.
            for each in reversed(media_types):
                told = {
                    "schema": TEXT if each.startswith("text/") else BYTES,
                    "content_type": each,
                    "description": description,
                }
                _document(view, self.alt_response(status, success=True, **told))
            return view

        return decorator

    def conditional(self, view: Any) -> Any:
        """Document an answer that carries a strong ETag and may be 304."""
        text = "Not modified: what `If-None-Match` names is still right."
        return _document(view, self.alt_response(304, description=text))


def _document(view: Any, decorator: Callable[[Any], Any]) -> Any:
    """Copy what a decorator documents, without the wrapper that it puts around every call of the view."""
    view._apidoc = decorator(view)._apidoc  # noqa: SLF001 - where flask-smorest keeps it
    return view


class Api(flask_smorest.Api):
    """The API registry: problem+json everywhere, no page-number pagination, no ETag by hashing answers."""

    ERROR_SCHEMA = ProblemSchema

    def handle_http_exception(self, error: Any) -> Response:
        """Answer through the one table of problems."""
        return http_problem(error)

    def _register_responses(self) -> None:
        for status in http.HTTPStatus:
            if status >= 400:
                self.spec.components.response(status.name, _problem_answer(status.phrase), lazy=True)
        not_modified = {"description": "What you have is still current"}
        self.spec.components.response("NOT_MODIFIED", not_modified, lazy=True)
        self.spec.components.response("DEFAULT_ERROR", _problem_answer("Any other error"), lazy=True)

    def _register_pagination_header(self) -> None:
        """Our page data is in the body; without this, an unused schema appears in the document."""

    def init_app(self, app: Flask, *, spec_kwargs: dict[str, Any] | None = None) -> None:
        """Bind to the app; the document itself is served by the health feature."""
        super().init_app(app, spec_kwargs={**copy.deepcopy(SPEC_OPTIONS), **(spec_kwargs or {})})
        app.extensions[SPEC] = self.spec
        for describe in FIELD_DESCRIPTIONS:
            self.ma_plugin.converter.add_attribute_function(describe)
        self.ma_plugin.converter.add_parameter_attribute_function(comma_separated_parameter)

    def describe_message(self, name: str, schema: type[Schema], summary: str) -> None:
        """Document a message that this server sends to addresses of others, in `x-webhooks`.

        Not in `webhooks` of OpenAPI 3.1: the generator that most people use makes Python of that which is no Python.
        """
        sent = {"description": "Any status from 200 to 299: it has arrived. Anything else: it comes again."}
        content = {"application/json": {"schema": schema}}
        operation = {
            "summary": summary,
            "tags": ["webhooks"],
            "operationId": f"receive_{name}",
            "description": "\n".join(f"* `{header}`: {text}" for header, text in MESSAGE_HEADERS.items()),
            "requestBody": {"required": True, "content": content},
            "responses": {"2XX": sent},
        }
        self.spec.options.setdefault("x-webhooks", {})[name] = {"post": operation}
        self.ma_plugin.resolver.resolve_operations({"post": operation})

    def document(self, app: Flask) -> dict[str, Any]:
        """The published OpenAPI document: what clients may rely on."""
        return open_answers(self.exact_document(app))

    def exact_document(self, app: Flask) -> dict[str, Any]:
        """The same, but its answers are to the letter what this version sends: not one field, word or character more."""
        return completed(copy.deepcopy(app.extensions[SPEC].to_dict()), app)


def _problem_answer(phrase: str) -> dict[str, Any]:
    return {"description": phrase, "content": {PROBLEM_TYPE: {"schema": ProblemSchema}}}
