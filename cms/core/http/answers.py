"""Answers of the management plane: the envelopes of one resource and of a page, with the headers that belong to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import current_app, g, request

from cms.core.http.conditional import version_headers
from cms.core.runtime import runtime

Row = TypeVar("Row")
Answer = tuple[dict[str, Any], int, dict[str, str]]


def media_base() -> dict[str, str]:
    """The part of `meta` that says what to put before paths. Texts and addresses of pictures are stored without it."""
    return {"media_base": current_app.config["PUBLIC_URL"]}


def whole_answer(data: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """One resource in its envelope; with no ETag of its own, unless `headers` have one."""
    return {"data": data, "meta": media_base()}, status, dict(headers or {})


def one_answer(data: Mapping[str, Any], version: int) -> Answer:
    """200 with one resource and the ETag of its version."""
    return whole_answer(data, 200, version_headers(version))


def created_answer(data: Mapping[str, Any], version: int, path: str) -> Answer:
    """201 with the new resource, its address, and the ETag of its version."""
    headers = {"Location": f"{current_app.config['PUBLIC_URL']}{path}", **version_headers(version)}
    return whole_answer(data, 201, headers)


class PageRequest:
    """The page that a list request asks for, by keyset: `after` is the position behind which it begins (None: the start).

    A cursor belongs to one address with one set of filters in one epoch; with another it is refused.
    """

    def __init__(self, query: Mapping[str, Any]) -> None:
        self.limit: int = query["limit"]
        filters = {name: value for name, value in query.items() if name not in {"limit", "cursor"}}
        self._binding = f"{g.epoch}:{request.path}?{sorted(filters.items())}"
        cursor = query.get("cursor")
        self.after: list[Any] | None = None if cursor is None else runtime().cursors.decode(cursor, self._binding)

    @property
    def fetch(self) -> int:
        """How many rows to read: one more than shown tells whether there is a next page."""
        return self.limit + 1

    def answer(
        self, rows: Sequence[Row], present: Callable[[Row], Any], position_of: Callable[[Row], Sequence[Any]]
    ) -> Answer:
        """The page of up to `fetch` rows in the order of the list; `position_of` gives the sort values of a row."""
        shown = rows[: self.limit]
        following = None
        if len(rows) > self.limit:
            following = _address(runtime().cursors.encode(position_of(shown[-1]), self._binding))
        body = {
            "data": [present(row) for row in shown],
            "links": {"self": _address(request.args.get("cursor")), "next": following},
            "meta": {"limit": self.limit, **media_base()},
        }
        return body, 200, {} if following is None else {"Link": f'<{following}>; rel="next"'}


def _address(cursor: str | None) -> str:
    """The address of this list with another cursor."""
    kept = {name: value for name, value in request.args.items() if name != "cursor"}
    query = urlencode(kept if cursor is None else {**kept, "cursor": cursor})
    return f"{current_app.config['PUBLIC_URL']}{request.path}" + (f"?{query}" if query else "")
