"""The socket that web processes share. Granian's own cannot be given options, and connections inherit those of their listener."""

from __future__ import annotations

import socket  # noqa: TID251 - of our own server
from typing import Final

from granian._granian import SocketHolder
from granian.server.mp import MPServer

# Only TCP can end a connection whose receiver takes nothing; without this it would hold its thread for ever.
SILENT_SECONDS: Final = 30
_KEEPALIVE: Final = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}


class ListeningServer(MPServer):
    """Granian's server on a socket that is opened here, before its processes are forked."""

    def _init_shared_socket(self) -> None:
        listener = listening_socket(self.bind_addr, self.bind_port)
        self._sso, self._sfd = listener, listener.fileno()  # type: ignore[assignment]
        self._ssp = None
        self._shd = SocketHolder(listener.fileno(), False, self.backlog)  # type: ignore[call-arg, assignment]

    def leave_socket(self) -> None:
        """Close it in a forked process that serves no requests."""
        self._drop_shared_socket()  # type: ignore[no-untyped-call]


def listening_socket(host: str, port: int) -> socket.socket:
    """A bound socket whose connections end when the other side is silent for SILENT_SECONDS (Linux). Raises `OSError`."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in {"TCP_NODELAY": 1, "TCP_USER_TIMEOUT": SILENT_SECONDS * 1_000, **_KEEPALIVE}.items():
        # Other systems lack some of these options.
        if (option := getattr(socket, name, None)) is not None:
            listener.setsockopt(socket.IPPROTO_TCP, option, value)
    listener.bind((host, port))
    listener.set_inheritable(True)
    return listener
