"""The operations of a content type: views are written once, at the top level, and mounted for each type.

    operations = Operations()

    @operations.route("/<item_id>/submit", requires(Permission.CONTENT_SUBMIT), "POST", body=SubmitSchema, answer=item_schema)
    def submit_item(resource: Resource, body: dict[str, Any], item_id: str) -> Answer:
        ...

`mount` gives each content type its own route. Its operation id is the name of the view with `item` replaced by the type
(`submit_post`); `{type}` and `{types}` in the docstring are replaced as well.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from marshmallow import Schema

from cms.core.http.access import current_actor
from cms.core.http.answers import Answer, created_answer, one_answer
from cms.core.http.api import CHANGE_PROBLEMS, Blueprint
from cms.core.http.schemas import many, one
from cms.core.runtime import runtime
from cms.editorial.content_types import ContentType
from cms.editorial.items.models import Item
from cms.editorial.items.presenter import present_item, present_row
from cms.editorial.items.services import Edited
from cms.editorial.moderating import with_hold

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Resource:
    """A content type on the wire: its schemas, and how its items are shown. `presented` is its delivered form."""

    content_type: ContentType
    create: type[Schema]
    update: type[Schema]
    item: type[Schema]
    row: type[Schema]
    query: type[Schema]
    presented: type[Schema]

    @property
    def path(self) -> str:
        """Where the items of this type are."""
        return f"/manage/v1/{self.content_type.plural}"

    def shown(self, edited: Edited) -> Answer:
        """200 with an item; warns of what the guard found in it."""
        return with_hold(one_answer(self.present(edited), edited.item.version), edited.item)

    def created(self, edited: Edited) -> Answer:
        """201 with a new item; warns of what the guard found in it."""
        answer = created_answer(self.present(edited), edited.item.version, f"{self.path}/{edited.item.id}")
        return with_hold(answer, edited.item)

    def present(self, edited: Edited) -> dict[str, Any]:
        """The item for this caller."""
        return present_item(edited.item, edited.edition, current_actor(), runtime().settings.city_channel)

    def present_row(self, item: Item) -> dict[str, Any]:
        """The item in a list for this caller."""
        return present_row(self.content_type, item, current_actor(), runtime().settings.city_channel)


SchemaOf = Callable[[Resource], Any]
"""Chooses a schema of a content type."""


def item_schema(resource: Resource) -> Any:
    """One item in full."""
    return one(resource.item)


def rows_schema(resource: Resource) -> Any:
    """A page of items."""
    return many(resource.row)


def always(schema: Any) -> SchemaOf:
    """The same schema for every content type."""
    return lambda _resource: schema


@dataclass(frozen=True, slots=True)
class Operation:
    """One view with all that its route needs. `access` is what `requires()` or `public()` gives."""

    view: Callable[..., Any]
    rule: str
    method: str
    access: Callable[[Any], Any]
    query: SchemaOf | None
    body: SchemaOf | None
    body_description: str
    answer: SchemaOf | None
    status: int
    otherwise: tuple[int, SchemaOf, str] | None
    parameters: Sequence[Any]
    problems: Sequence[int]

    def mount(self, blueprint: Blueprint, resource: Resource, prefix: str = "") -> None:
        """Add the route of this operation for one content type."""
        bound = self._bound_to(resource)
        for decorate in self._decorators(blueprint, resource, prefix):
            bound = decorate(bound)

    def _bound_to(self, resource: Resource) -> Callable[..., Any]:
        """The view of one content type, under its name and with its documentation."""
        kind, view = resource.content_type, self.view

        def bound(*args: Any, **kwargs: Any) -> Any:
            return view(resource, *args, **kwargs)

        bound.__name__ = view.__name__.replace("items", kind.plural).replace("item", kind.name)
        bound.__qualname__, bound.__module__ = bound.__name__, view.__module__
        text = inspect.cleandoc(view.__doc__ or "")
        bound.__doc__ = text.replace("{type}", kind.name).replace("{types}", kind.plural)
        return bound

    def _decorators(self, blueprint: Blueprint, resource: Resource, prefix: str) -> Iterable[Callable[[Any], Any]]:
        """From the inside out, as they would stand below each other above a view."""
        if self.parameters:
            yield blueprint.doc(parameters=list(self.parameters))
        yield blueprint.problems(*self.problems)
        if self.otherwise is not None:
            status, schema_of, description = self.otherwise
            yield blueprint.alt_response(status, schema=schema_of(resource), description=description)
        yield blueprint.response(self.status, self.answer(resource) if self.answer else None)
        if self.body is not None:
            described = {"description": self.body_description} if self.body_description else {}
            yield blueprint.arguments(self.body(resource), **described)
        if self.query is not None:
            yield blueprint.arguments(self.query(resource), location="query")
        yield self.access
        yield blueprint.route(f"{prefix}{self.rule}", methods=[self.method])


class Operations:
    """Views in the order of the documentation, to be mounted on the blueprint of each content type."""

    def __init__(self) -> None:
        self._operations: list[Operation] = []

    def route(
        self,
        rule: str,
        access: Callable[[Any], Any],
        method: str = "GET",
        *,
        query: SchemaOf | type[Schema] | None = None,
        body: SchemaOf | type[Schema] | None = None,
        body_description: str = "",
        answer: SchemaOf | None = None,
        status: int = 200,
        otherwise: tuple[int, SchemaOf, str] | None = None,
        parameters: Sequence[Any] = (),
        problems: Sequence[int] = CHANGE_PROBLEMS,
    ) -> Callable[[View], View]:
        """Collect a view; its first argument is the `Resource`. `rule` comes after the path of the type."""

        def decorator(view: View) -> View:
            self._operations.append(
                Operation(
                    view, rule, method, access, _chooser(query), _chooser(body), body_description, answer, status,
                    otherwise, parameters, problems,
                )
            )  # fmt: skip
            return view

        return decorator

    def mount(self, blueprint: Blueprint, resource: Resource, prefix: str = "") -> None:
        """Give one content type all these routes; `prefix` comes before their rules."""
        for operation in self._operations:
            operation.mount(blueprint, resource, prefix)


def _chooser(schema: SchemaOf | type[Schema] | None) -> SchemaOf | None:
    return always(schema) if isinstance(schema, type) else schema
