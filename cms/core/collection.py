"""When Python's garbage collection rests: while the application is imported, and for what a process keeps until its end.

What is imported stays for good, and to look for garbage in it again and again takes about a sixth of the time to start.
What was frozen before a fork is not touched by the collector, so the processes go on sharing those pages.
Scenarios that show it: `start` and `idle_memory` of `make bench`; `start` of `python -m bench.shortcuts` measures it alone.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """For imports: nothing is collected meanwhile, and what is there at the end stays until the process ends."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def keep_for_good() -> None:
    """For what was built since: collect what is garbage, and never look at the rest again."""
    gc.collect()
    gc.freeze()
