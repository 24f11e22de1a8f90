"""Starts the real web server as often as it is asked to: one line on standard input, one on standard output (the process id).

The application is loaded once and each server is forked from it, as `serve` forks its web processes, so that dying fifty
times does not cost fifty times the start of Python.
"""

from __future__ import annotations

import os
import sys

from cms.application import create_app
from cms.cli.processes import serve
from config import Settings


def main() -> None:
    """Serve again for each line, until standard input ends."""
    settings = Settings.from_environ()
    app = create_app(settings)
    print("loaded", flush=True)
    for _line in sys.stdin:
        process = os.fork()
        if process == 0:
            serve(app, settings, with_worker=False)
            os._exit(0)
        print(process, flush=True)
        os.waitpid(process, 0)
        print("ended", flush=True)


if __name__ == "__main__":
    main()
