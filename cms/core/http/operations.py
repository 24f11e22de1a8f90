"""Views that are written once, at the top level of a module, and mounted for each content type.

    operations = Operations[Resource]()

    @operations.route("/<item_id>/submit", requires(Permission.CONTENT_SUBMIT), "POST", body=SubmitSchema, answer=item_schema)
    def submit_item(resource: Resource, body: dict[str, Any], item_id: str) -> Answer:
        ...

`mount` gives each subject its own route and hands it to the view as first argument. The operation id is the name of the view
with `item` replaced by the type (`submit_post`); words in braces in the docstring are replaced by those of the subject.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Generic, Protocol, TypeVar

from marshmallow import Schema

from cms.core.http.api import CHANGE_PROBLEMS, PROBLEM_TYPE, Blueprint
from cms.core.http.schemas import ProblemSchema


class Subject(Protocol):
    """What operations are mounted for: a content type on one plane."""

    @property
    def words(self) -> Mapping[str, str]:
        """The values of the words in braces; `type` and `types` also name the operations."""


Mounted = TypeVar("Mounted", bound=Subject)
View = TypeVar("View", bound=Callable[..., Any])
SchemaOf = Callable[[Mounted], Any]
"""Chooses a schema of a subject."""
Decorator = Callable[[Any], Any]


def always(schema: Any) -> Callable[[Any], Any]:
    """The same schema for every subject."""
    return lambda _subject: schema


@dataclass(frozen=True, slots=True)
class PerSubject:
    """Access that differs by subject."""

    choose: Callable[[Any], Decorator]


@dataclass(frozen=True, slots=True)
class Operation(Generic[Mounted]):
    """One view with all that its route needs. `access` is what `requires()`, `serves()` or `public()` gives.

    `is_conditional` documents that it answers 304; `sends` gives the media types of an operation that answers with the bytes of
    a file, `writes` those of an answer that is made like the others but is no JSON of ours. `has_page` documents that a browser
    gets a page in place of JSON, also for problems.
    """

    view: Callable[..., Any]
    rule: str
    method: str
    access: Decorator | PerSubject
    query: SchemaOf[Mounted] | None
    body: SchemaOf[Mounted] | None
    body_description: str
    answer: SchemaOf[Mounted] | None
    status: int
    otherwise: tuple[int, SchemaOf[Mounted], str] | None
    parameters: Sequence[Any]
    problems: Sequence[int]
    is_conditional: bool
    sends: SchemaOf[Mounted] | None
    writes: Sequence[str]
    tags: Sequence[str]
    has_page: bool

    def mount(self, blueprint: Blueprint, subject: Mounted, prefix: str = "") -> None:
        """Add the route of this operation for one subject."""
        bound = self._bound_to(subject)
        for decorate in self._decorators(blueprint, subject, prefix):
            bound = decorate(bound)

    def _bound_to(self, subject: Mounted) -> Any:
        """The view of one subject, under its name and with its documentation. A partial adds no call to a request."""
        words, view = subject.words, self.view
        bound: Any = functools.partial(view, subject)
        bound.__name__ = view.__name__.replace("items", words["types"]).replace("item", words["type"])
        bound.__qualname__, bound.__module__ = bound.__name__, view.__module__
        text = inspect.cleandoc(view.__doc__ or "")
        for word, meaning in words.items():
            text = text.replace(f"{{{word}}}", meaning)
        bound.__doc__ = text
        return bound

    def _decorators(self, blueprint: Blueprint, subject: Mounted, prefix: str) -> Iterable[Decorator]:
        """The decorators, the innermost first."""
        if self.parameters:
            yield blueprint.doc(parameters=list(self.parameters))
        if self.tags:
            yield blueprint.doc(tags=list(self.tags))
        if self.has_page:
            yield blueprint.sends("text/html", status=self.status)
            yield blueprint.doc(responses=_problem_pages(self.problems))
        yield blueprint.problems(*self.problems)
        if self.is_conditional:
            yield blueprint.conditional
        if self.otherwise is not None:
            status, schema_of, description = self.otherwise
            yield blueprint.alt_response(status, schema=schema_of(subject), description=description)
        yield self._answer_of(blueprint, subject)
        if self.body is not None:
            described = {"description": self.body_description} if self.body_description else {}
            yield blueprint.arguments(self.body(subject), **described)
        if self.query is not None:
            yield blueprint.arguments(self.query(subject), location="query")
        yield self.access.choose(subject) if isinstance(self.access, PerSubject) else self.access
        yield blueprint.route(f"{prefix}{self.rule}", methods=[self.method])

    def _answer_of(self, blueprint: Blueprint, subject: Mounted) -> Decorator:
        if self.sends is not None:
            return blueprint.sends_bytes(*self.sends(subject))
        if self.writes:
            return blueprint.sends(*self.writes)
        # What answers 304 makes its whole answer itself.
        describe = blueprint.answers if self.is_conditional else blueprint.response
        decorator: Decorator = describe(self.status, self.answer(subject) if self.answer else None)
        return decorator


class Operations(Generic[Mounted]):
    """Views in the order of the documentation, to be mounted on a blueprint for each subject."""

    def __init__(self) -> None:
        self._operations: list[Operation[Mounted]] = []

    def route(
        self,
        rule: str,
        access: Decorator | PerSubject,
        method: str = "GET",
        *,
        query: SchemaOf[Mounted] | type[Schema] | None = None,
        body: SchemaOf[Mounted] | type[Schema] | None = None,
        body_description: str = "",
        answer: SchemaOf[Mounted] | None = None,
        status: int = 200,
        otherwise: tuple[int, SchemaOf[Mounted], str] | None = None,
        parameters: Sequence[Any] = (),
        problems: Sequence[int] = CHANGE_PROBLEMS,
        is_conditional: bool = False,
        sends: SchemaOf[Mounted] | None = None,
        writes: Sequence[str] = (),
        tags: Sequence[str] = (),
        has_page: bool = False,
    ) -> Callable[[View], View]:
        """Collect a view; its first argument is the subject. `rule` comes after the path of the subject."""

        def decorator(view: View) -> View:
            self._operations.append(
                Operation(
                    view, rule, method, access, _chooser(query), _chooser(body), body_description, answer, status,
                    otherwise, parameters, problems, is_conditional, sends, writes, tags, has_page,
                )
            )  # fmt: skip
            return view

        return decorator

    def mount(self, blueprint: Blueprint, subject: Mounted, prefix: str = "") -> None:
        """Give one subject all these routes; `prefix` comes before their rules."""
        for operation in self._operations:
            operation.mount(blueprint, subject, prefix)


def _chooser(schema: Callable[[Any], Any] | type[Schema] | None) -> Callable[[Any], Any] | None:
    return always(schema) if isinstance(schema, type) else schema


def _problem_pages(problems: Sequence[int]) -> dict[str, Any]:
    """These problems, which a browser gets as pages."""
    content = {"text/html": {"schema": {"type": "string"}}, PROBLEM_TYPE: {"schema": ProblemSchema}}
    return {
        str(each): {
            "description": f"{HTTPStatus(each).phrase}: a page for people, problem+json for programs.",
            "content": content,
        }
        for each in problems
    }
