"""A request of a reader as the code that answers it sees it: the same whether Flask was entered for it or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from flask import Request

from cms.changes.heads import Heads
from cms.consumers.key_cache import KeyHolder
from cms.core.rate_limits import Allowance

Environ = dict[str, Any]
CARRIED: Final = "simpul.asked"
"""The key in the WSGI environ for a request whose direct way has ended in an error, which Flask is to answer."""


@dataclass(slots=True)
class Asked:
    """One request. What its admission has found is noted here, since an error must tell it too."""

    environ: Environ
    path: str
    query_string: str
    """As it was sent."""
    route: str = ""
    """The rule of its route."""
    heads: Heads | None = None
    consumer_id: str = ""
    """Whose key it shows, whether it is admitted or not."""
    holder: KeyHolder | None = None
    allowance: Allowance | None = None
    """What its answer will take something of; None without a limit."""
    error: Exception | None = None
    """What the direct way has raised."""

    def arguments(self) -> list[tuple[str, str]]:
        """The parameters of the query in their order, read as Werkzeug reads them."""
        query = self.query_string
        text = query if query.isascii() else query.encode("latin-1").decode()
        return parse_qsl(text, keep_blank_values=True, errors="werkzeug.url_quote") if text else []


def asked_of(request: Request) -> Asked:
    """The request that Flask was entered for, as far as the direct way has come with it."""
    carried: Asked | None = request.environ.pop(CARRIED, None)
    if carried is not None:
        return carried
    route = request.url_rule.rule if request.url_rule is not None else ""
    return Asked(request.environ, request.path, request.query_string.decode("latin-1"), route)
