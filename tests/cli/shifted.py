"""A command of Simpul on a machine whose clock is wrong by as many seconds as a file says, at every moment.

python -m tests.cli.shifted FILE serve --port 8000
"""

from __future__ import annotations

import runpy
import sys
import time
from pathlib import Path

from cms.core.clock import process_clock


def main() -> None:
    """Set the machine's clock wrong and run the command."""
    file = Path(sys.argv.pop(1))
    process_clock.machine = lambda: time.time_ns() // 1_000 + int(float(file.read_text()) * 1_000_000)
    runpy.run_module("cms", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
