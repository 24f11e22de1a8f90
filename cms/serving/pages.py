"""The envelope of one resource and of a page, and the cursor that leads from a page to the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import orjson

from cms.core import clock
from cms.serving.admission import DeliveryRequest
from cms.serving.responding import Body
from cms.serving.sources import Sources

Query = Mapping[str, Any]
NOT_IN_BINDING = frozenset({"cursor", "limit", "fields", "include", "count", "facets"})
"""Parameters that may differ from one page of a list to the next."""


def one_body(sources: Sources, data: Any, sequence: int) -> Body:
    """The envelope of one resource."""
    return Body(orjson.dumps({"data": data, "meta": {"sequence": sequence, "media_base": sources.public_url}}), [])


def one_json_body(sources: Sources, text: str, sequence: int) -> Body:
    """The same for a resource that is JSON already."""
    meta = orjson.dumps({"sequence": sequence, "media_base": sources.public_url}).decode()
    return Body(f'{{"data":{text},"meta":{meta}}}'.encode(), [])


def page_body(
    request: DeliveryRequest,
    items: Sequence[str],
    limit: int,
    sequence: int,
    more_meta: Mapping[str, Any],
    cursor: str | None = None,
) -> Body:
    """The envelope around JSON texts, with the link to the next page in the body and in the headers."""
    following = None if cursor is None else _next_address(request, cursor)
    links = orjson.dumps({"self": own_address(request), "next": following}).decode()
    about = {
        "limit": limit, "sequence": sequence, "media_base": request.sources.public_url, **_due(request), **more_meta,
    }  # fmt: skip
    meta = orjson.dumps(about).decode()
    content = f'{{"data":[{",".join(items)}],"links":{links},"meta":{meta}}}'
    return Body(content.encode(), [] if following is None else [("Link", f'<{following}>; rel="next"')])


@dataclass(frozen=True, slots=True)
class Paging:
    """One page of a list: its start, its limit, and the link to the next one.

    Its cursors are bound to the epoch, address, filters and sort of this list, and to the agencies of the key.
    """

    request: DeliveryRequest
    limit: int
    after: Sequence[Any] | None
    """The sort values of the last row of the page before; None on the first page."""
    binding: str
    """What its cursors are bound to."""

    @classmethod
    def of(cls, request: DeliveryRequest, query: Query) -> Paging:
        """The page that the query asks for. Raises `BadRequest("invalid_cursor")` for a cursor of another list."""
        filters = sorted((name, str(value)) for name, value in query.items() if name not in NOT_IN_BINDING)
        agencies = request.sources.key_agencies
        shown = "all" if agencies is None else sorted(agencies)
        binding = f"{request.heads.epoch}:{request.asked.path}?{filters}&{shown}"
        after = request.sources.cursors.decode(query["cursor"], binding) if "cursor" in query else None
        # Who asks for certain items gets all of them.
        return cls(request, max(query["limit"], len(query.get("ids", ()))), after, binding)

    def body(
        self,
        items: Sequence[str],
        sequence: int,
        last: Sequence[Any] | None,
        more_meta: Mapping[str, Any] | None = None,
    ) -> Body:
        """The page of these JSON texts. `last` are the sort values of its last row, None when no page follows."""
        return page_body(self.request, items, self.limit, sequence, more_meta or {}, self._cursor(last))

    def next_address(self, last: Sequence[Any] | None) -> str | None:
        """The address of the page that follows, for answers with an envelope of their own."""
        cursor = self._cursor(last)
        return None if cursor is None else _next_address(self.request, cursor)

    def _cursor(self, last: Sequence[Any] | None) -> str | None:
        return None if last is None else self.request.sources.cursors.encode(last, self.binding)


def _due(request: DeliveryRequest) -> dict[str, str]:
    """Since when something is due that nobody has carried out, if there is anything."""
    since = request.sources.due_since()
    return {"due_since": clock.rfc3339(clock.from_micros(since))} if since else {}


def own_address(request: DeliveryRequest) -> str:
    """The address that was asked for, on the server's public name."""
    query = request.asked.query_string
    return f"{request.sources.public_url}{request.asked.path}" + (f"?{query}" if query else "")


def _next_address(request: DeliveryRequest, cursor: str) -> str:
    """The address of this list with another cursor, the other parameters as they came."""
    asked = request.asked.query_string
    kept = [part for part in asked.split("&") if part and not _is_cursor(part)]
    return f"{request.sources.public_url}{request.asked.path}?{'&'.join([*kept, f'cursor={cursor}'])}"


def _is_cursor(part: str) -> bool:
    name = part.partition("=")[0]
    return (unquote(name) if "%" in name else name) == "cursor"
