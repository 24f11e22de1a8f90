"""Debian's Redis as a process of its own, on a socket in a folder: it can be stopped, frozen and started again."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

from redis import Redis, RedisError

START_SECONDS = 20.0


class RedisServer:
    """One that keeps nothing on the disk."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "redis"
        self.url = f"unix://{self._socket}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        words = ["redis-server", "--port", "0", "--unixsocket", str(self._socket), "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                return self.flush()
            except (RedisError, OSError):
                time.sleep(0.02)
        raise AssertionError("Redis did not answer")

    def stop(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let it accept connections and answer nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it answer again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def flush(self) -> None:
        """Empty it."""
        with Redis.from_url(self.url) as client:
            client.flushall()

    def names(self) -> set[str]:
        """What it holds."""
        with Redis.from_url(self.url, decode_responses=True) as client:
            return {*client.keys()}
