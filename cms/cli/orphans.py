"""Makes the kernel (Linux) end a process whose parent was killed, through the C library; other systems do without. It is not for
speed but for order: a web process or worker that outlived its main process would hold port and database, and the next start would
fail. tests/cli/test_run.py kills the main process and looks.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Leave starting and stopping to the process that forked this one.

    Ctrl-C goes to a whole group of processes and Granian's web process may hang for its grace when it gets two stop signals,
    hence a group of its own; the kernel ends it when its parent is gone.
    """
    os.setpgid(0, 0)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
