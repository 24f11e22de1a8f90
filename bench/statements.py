"""SQL statements per request, counted inside the application: `python -m bench.statements` (started by `count`).

The environment selects the database. Each request is sent through the whole WSGI application, without a server.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from flask import Flask
from sqlalchemy import event
from werkzeug.test import Client

from bench.load import PROJECT_ROOT
from bench.wire import Request

TRANSACTION_WORDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")
# The first ones fill what every process keeps (keys, compiled statements).
WARM_REQUESTS = 2


class CountError(RuntimeError):
    """The application did not answer; the message is what it printed."""


def count(requests: Sequence[Request], environment: Mapping[str, str]) -> float:
    """The median of statements over the requests behind the first WARM_REQUESTS. Raises `CountError`."""
    job = [[each.method, each.path, dict(each.headers), each.body.decode()] for each in requests]
    done = subprocess.run(
        [sys.executable, "-m", "bench.statements"],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT_ROOT,
        env={**os.environ, **environment},
    )
    if done.returncode:
        raise CountError(done.stdout + done.stderr)
    counts: list[int] = json.loads(done.stdout.splitlines()[-1])
    return statistics.median(counts[WARM_REQUESTS:])


class Counter:
    """Counts what the application sends to its database: through SQLAlchemy and through the reader of the hot path."""

    def __init__(self, app: Flask) -> None:
        self.statements = 0
        with app.app_context():
            engine = app.extensions["sqlalchemy"].engine
        event.listen(engine, "before_cursor_execute", self._executed)
        app.extensions["simpul"].reader.on_statement = self._read

    def _executed(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(TRANSACTION_WORDS):
            self.statements += 1

    def _read(self, _statement: str) -> None:
        self.statements += 1


def main() -> None:
    """Read requests as JSON from standard input, print the list of their counts."""
    app = import_module("wsgi").app
    counter = Counter(app)
    client = Client(app)
    counts = []
    for method, path, headers, body in json.load(sys.stdin):
        before = counter.statements
        answer = client.open(path, method=method, headers=headers, data=body.encode())
        if answer.status_code >= 400:
            raise CountError(f"{method} {path}: {answer.status} {answer.get_data(as_text=True)[:500]}")
        counts.append(counter.statements - before)
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
