"""Answers plain requests of readers before Flask is entered, through the views, the admission and the schemas of the registered routes.

Nothing is described twice: the table is made from the application's own routes, so a route that is added is in it. A request that is
odd in any way takes the long way through Flask: another method, an address that is not written exactly like a route, a strange host, an
upgrade, parameters beyond ASCII or where none are known. An error ends there too: it is carried along, and Flask's handlers
tell it as they tell every other one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from flask import Flask
from marshmallow import Schema
from werkzeug.routing import Rule
from werkzeug.sansio.utils import host_is_trusted

from cms.core import clock
from cms.core.http.access import bearer_token
from cms.core.http.api import QueryView, load_query
from cms.core.logging import end_request, start_request
from cms.core.schema_state import SchemaWatch
from cms.serving.admission import ServedView, admitted
from cms.serving.asked import CARRIED, Asked, Environ
from cms.serving.charging import charged
from cms.serving.counting import count_reader
from cms.serving.finished import FinishedAnswer
from cms.serving.state import ServingState

StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
METHODS: Final = ("GET", "HEAD")
LONGEST_HOST: Final = 255
_NAMED_LAST: Final = re.compile(r"(?P<start>/[^<>]*)/<string:(?P<name>[a-z_]+)>")
"""A rule whose last part, and no other, is a value."""
_PLAIN_VALUE: Final = re.compile(r"[A-Za-z0-9._-]{1,100}")


@dataclass(frozen=True, slots=True)
class DirectRoute:
    """One route: its declaration, the schema of its query, the view below both, and the name of the value at the end of its path."""

    served: ServedView
    query: Schema | None
    view: Callable[..., FinishedAnswer]
    named: str | None
    rule: str

    @classmethod
    def of(cls, rule: Rule, view: Any) -> DirectRoute | None:
        """The direct way of a route; None for one that only Flask knows how to take."""
        named = _NAMED_LAST.fullmatch(rule.rule)
        if not isinstance(view, ServedView) or view.needs_flask or "GET" not in (rule.methods or ()):
            return None
        inner = view.view
        query, inner = (inner.schema, inner.view) if isinstance(inner, QueryView) else (None, inner)
        if hasattr(inner, "__wrapped__") or (named is None and "<" in rule.rule):
            # Something that is wrapped around the view must not be left out.
            return None
        return cls(view, query, inner, None if named is None else named["name"], rule.rule)


@dataclass(frozen=True, slots=True)
class DirectRoutes:
    """The routes by their whole path, and by what comes before the value at its end."""

    fixed: Mapping[str, DirectRoute]
    named: Mapping[str, DirectRoute]

    @classmethod
    def of(cls, app: Flask) -> DirectRoutes:
        """Those of an application."""
        rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
        starts = Counter(rule.rule.rpartition("/")[0] for rule in rules if "<" in rule.rule.rpartition("/")[2])
        found = [(rule, DirectRoute.of(rule, app.view_functions[rule.endpoint])) for rule in rules]
        fixed = {rule.rule: route for rule, route in found if route is not None and route.named is None}
        named = {
            start: route
            for rule, route in found
            # Of two rules that differ in their last part only, Werkzeug decides.
            if route is not None and route.named is not None and starts[start := rule.rule.rpartition("/")[0]] == 1
        }
        return cls(fixed, named)

    def find(self, path: str) -> tuple[DirectRoute, dict[str, str]] | None:
        """The route of a path, with the value in it."""
        route = self.fixed.get(path)
        if route is not None:
            return route, {}
        start, _, value = path.rpartition("/")
        route = self.named.get(start)
        if route is None or route.named is None or _PLAIN_VALUE.fullmatch(value) is None:
            return None
        return route, {route.named: value}


class DirectAnswers:
    """WSGI middleware directly around Flask, below what answers from memory."""

    def __init__(
        self,
        application: Application,
        app: Flask,
        state: ServingState,
        schema: SchemaWatch,
        trusted_hosts: Sequence[str],
    ) -> None:
        self._application, self._app, self._state, self._schema = application, app, state, schema
        self._routes: DirectRoutes | None = None
        hosts = list(trusted_hosts) or None
        self._is_trusted = lru_cache(maxsize=100)(lambda host: host_is_trusted(host, hosts))

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a plain request, pass on any other."""
        found = self._found(environ)
        if found is None:
            return self._application(environ, start_response)
        route, values = found
        began = clock.monotonic()
        asked = Asked(environ, environ["PATH_INFO"], environ.get("QUERY_STRING", ""), route.rule)
        request_id = start_request(environ.get("HTTP_X_REQUEST_ID"))
        try:
            answer = self._answer(asked, route, values)
        except Exception as error:  # noqa: BLE001 - Flask's handlers tell every error, also what nobody expected
            asked.error, environ[CARRIED] = error, asked
            environ["HTTP_X_REQUEST_ID"] = request_id
            return self._application(environ, start_response)
        finally:
            end_request()
        count_reader(self._state.traffic, asked, answer, began)
        return charged(asked, answer).send(environ, start_response)

    def _found(self, environ: Environ) -> tuple[DirectRoute, dict[str, str]] | None:
        """The route of a request that is plain in every way."""
        if environ["REQUEST_METHOD"] not in METHODS or self._schema.fault is not None or "HTTP_UPGRADE" in environ:
            return None
        routes = self._routes
        if routes is None:
            # Not when the application is made: by then it may still get routes.
            routes = self._routes = DirectRoutes.of(self._app)
        found = routes.find(environ["PATH_INFO"])
        if found is None:
            return None
        host, query = environ.get("HTTP_HOST", ""), environ.get("QUERY_STRING", "")
        is_plain = len(host) <= LONGEST_HOST and self._is_trusted(host) and query.isascii()
        return found if is_plain and (not query or found[0].query is not None) else None

    def _answer(self, asked: Asked, route: DirectRoute, values: dict[str, str]) -> FinishedAnswer:
        token = bearer_token(asked.environ.get("HTTP_AUTHORIZATION"))
        item = route.served.item_of(values)
        request = admitted(asked, self._state, token, route.served.access, item)
        if route.query is None:
            return route.view(request, **values)
        return route.view(request, load_query(route.query, asked.arguments()), **values)
