"""Chromium, which shows a page as a visitor gets it: its script has run and its requests are answered."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

SECONDS = 120
# Root may not have a sandbox of its own here, and containers have little shared memory.
COMMAND = [
    "chromium",
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--enable-logging=stderr",
]
# No test reaches another machine.
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"
# Time in the page passes as soon as nothing else is to do. Databases of the browser do not count as something to do.
AS_SOON_AS_IT_RESTS = "--virtual-time-budget=15000"


@dataclass
class Shown:
    """The elements of a page at the end, and what its console said."""

    html: str
    console: list[str]

    @property
    def main(self) -> str:
        """What stands in `<main>`."""
        found = re.search(r"<main.*?</main>", self.html, re.DOTALL)
        assert found is not None, self.html[-2000:]
        return found[0]

    @property
    def title(self) -> str:
        """The title, as it is escaped."""
        found = re.search(r"<title>(.*?)</title>", self.html, re.DOTALL)
        return found[1] if found else ""


def command(address: str, profile: Path, *more: str) -> list[str]:
    """What starts the browser, which prints the elements of the page at the end: when all is loaded, or as `more` says."""
    return [*COMMAND, ALONE, f"--user-data-dir={profile}", *more, "--dump-dom", address]


def shown(address: str, profile: Path, *more: str) -> Shown:
    """Load an address in a browser whose profile (with its cache) lies in a folder."""
    settings = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        command(address, profile, *more), check=True, capture_output=True, text=True, timeout=SECONDS, env=settings
    )
    console = [line.partition("] ")[2] for line in done.stderr.splitlines() if ":CONSOLE" in line]
    return Shown(done.stdout, console)
