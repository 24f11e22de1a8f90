"""Runs a program that reads foreign files with little time, little memory and no network (R-F6).

It imports nothing of ours: `cms.core.confined` starts this file by its path, with the path of the program. The program is a Python file
with a function `answer(task)`; it is loaded before the limits hold, so that loading its libraries counts, but may read them. One JSON task
with all limits comes by standard input, one JSON answer goes to standard output. If a file crashes the program, the server goes on.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import runpy
import signal
import sys
from typing import Final

OPEN_FILES: Final = 64
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWNET: Final = 0x40000000
PR_SET_PDEATHSIG: Final = 1


def confine(limits: dict[str, int]) -> None:
    """Drop everything that reading a file does not need. If a system cannot set one of the limits, the others still hold."""
    for kind, limit in (
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_FSIZE, limits["output_bytes"]),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (limit, limit))
    os.nice(limits.get("nice", 0))
    with contextlib.suppress(OSError, AttributeError):
        # Whoever asked is the only one who waits: a worker that is killed leaves no reader behind.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    with contextlib.suppress(OSError, AttributeError):
        # An empty network namespace: nothing can be reached.
        ctypes.CDLL(None).unshare(CLONE_NEWUSER | CLONE_NEWNET)


if __name__ == "__main__":
    wanted = json.load(sys.stdin)
    program = runpy.run_path(sys.argv[1])
    confine(wanted["limits"])
    sys.stdout.write(json.dumps(program["answer"](wanted)))
