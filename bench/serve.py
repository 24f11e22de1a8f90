"""Serve one WSGI application with Granian as production does, pinned to a core: `python -m bench.serve TARGET PORT THREADS CORE`.

CORE is a number or `any`. Started by bench.server. The application and the bare one it is compared with both run here.
"""

from __future__ import annotations

import sys

from granian import Granian
from granian.constants import HTTPModes, Interfaces

from bench.load import pin_to

GRACE_SECONDS = 5


def main() -> None:
    """Serve until SIGTERM."""
    target, port, threads, core = sys.argv[1:]
    pin_to(None if core == "any" else int(core))
    Granian(
        target,
        address="127.0.0.1",
        port=int(port),
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=1,
        blocking_threads=int(threads),
        workers_kill_timeout=GRACE_SECONDS,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    main()
