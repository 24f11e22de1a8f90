"""A web server that dies at the named step of the first write it is sent; run by test_killed_requests.py.

Arguments: the step (`uncommitted`: everything is written but the commit; `unanswered`: committed, and nothing is sent).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import event
from werkzeug.serving import make_server

from cms.application import create_app
from cms.core.db import db
from config import Settings

STEP = sys.argv[1]


def die(*_what: Any) -> None:
    """As if the power had failed."""
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Serve until the first write."""
    settings = Settings.from_environ()
    app = create_app(settings)
    inner = app.wsgi_app

    def dying(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = list(inner(environ, start_response))
        if environ["REQUEST_METHOD"] == "POST":
            die()
        return answer

    if STEP == "unanswered":
        app.wsgi_app = dying  # type: ignore[method-assign]
    else:
        with app.app_context():
            event.listen(db.engine, "commit", die)
    server = make_server("127.0.0.1", 0, app)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
