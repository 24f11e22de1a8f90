"""Receive messages about changes (webhooks), and do something once for each. Python 3.11 or newer, nothing else.

    WEBHOOK_SECRET=whsec_... python3 webhook_receiver.py 9000 messages.jsonl

It listens on this machine alone: a proxy with a certificate stands before it. Each message is checked (Standard Webhooks 1.0.0), written
to the file once, and answered at once; what follows from it, such as asking the API for the item, is work for another program, which reads
the file. A message may come twice and late: whoever asks the API always gets the newest state.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any

LARGEST_BODY = 20_000
TOLERANCE_SECONDS = 300


def is_genuine(secret: str, headers: Any, body: bytes, now: float) -> bool:
    """True when one of the signatures holds and the message was sent in the last five minutes."""
    sent_at = headers.get("webhook-timestamp", "")
    if not (sent_at.isascii() and sent_at.isdigit()) or abs(now - int(sent_at)) > TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers.get('webhook-id', '')}.{sent_at}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    # Several during a rotation of the secret: one that holds is enough.
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(expected.encode(), each.encode()) for each in given)


class Messages:
    """A file with one message on each line; what stands in it is not written again."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, Lock()
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        # What a power cut broke off is taken away: its message was not answered, so it comes again.
        whole = text[: text.rfind("\n") + 1]
        if whole != text:
            path.write_text(whole, encoding="utf-8")
        self._known = {json.loads(line)["id"] for line in whole.splitlines()}

    def keep(self, message_id: str, message: dict[str, Any]) -> None:
        """Write the message to the disk unless it is there."""
        with self._lock:
            if message_id in self._known:
                return
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"id": message_id, **message}) + "\n")
                file.flush()
                os.fsync(file.fileno())
            self._known.add(message_id)


def handler_for(secret: str, messages: Messages) -> type[BaseHTTPRequestHandler]:
    """The handler of requests."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdigit() or int(length) > LARGEST_BODY:
                self.send_error(413)
                return
            body = self.rfile.read(int(length))
            if not is_genuine(secret, self.headers, body, time.time()):
                self.send_error(401)
                return
            messages.keep(self.headers["webhook-id"], json.loads(body))
            # Only now: a message whose answer is lost comes again.
            self.send_response(204)
            self.end_headers()

    return Handler


def main() -> int:
    secret, words = os.environ.get("WEBHOOK_SECRET"), sys.argv[1:]
    if not secret or len(words) != 2 or not (words[0].isascii() and words[0].isdigit()) or int(words[0]) > 65_535:
        print("usage: WEBHOOK_SECRET=whsec_... webhook_receiver.py PORT FILE", file=sys.stderr)
        return 2
    server = ThreadingHTTPServer(("127.0.0.1", int(words[0])), handler_for(secret, Messages(Path(words[1]))))
    print(f"Listening on port {server.server_address[1]}", flush=True)
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
