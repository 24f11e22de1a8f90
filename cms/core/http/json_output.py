"""JSON answers through orjson: compact UTF-8, times in UTC with `Z`."""

from __future__ import annotations

from typing import Any

import orjson
from flask.json.provider import JSONProvider


class OrjsonProvider(JSONProvider):
    """Flask's JSON provider on orjson."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """The object as JSON text."""
        return orjson.dumps(obj, option=orjson.OPT_UTC_Z).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The object of a JSON text."""
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Any:
        """A JSON answer."""
        body = orjson.dumps(self._prepare_response_obj(args, kwargs), option=orjson.OPT_UTC_Z)
        return self._app.response_class(body.decode(), content_type="application/json; charset=utf-8")
