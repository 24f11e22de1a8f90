"""Switches Python's garbage collection off during imports, and for objects that a process keeps until it ends.

Imported modules stay for good; collecting among them again and again takes about a sixth of the time to start. The collector does not
touch objects that were frozen before a fork, so the processes go on sharing those pages. Scenarios that show it: `start` and
`idle_memory` of `make bench`; `start` of `python -m bench.shortcuts` measures it alone.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """For imports: nothing is collected in this block, and all objects that exist at its end stay until the process ends."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def keep_for_good() -> None:
    """For objects made since: collect the garbage once, and leave the rest out of later collections."""
    gc.collect()
    gc.freeze()
