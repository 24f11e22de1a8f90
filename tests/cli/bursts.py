"""Bursts of requests and silences between them, as a city's websites make them; for the tests of threads that end."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from itertools import count

CLIENTS = 6


def burst(port: int, key: str, seconds: float) -> Counter[int]:
    """Six clients at once for some seconds, most of them with what no answer was kept for; how many answers of each status."""
    statuses: Counter[int] = Counter()
    until = time.monotonic() + seconds
    clients = [threading.Thread(target=_be_client, args=(port, key, until, each, statuses)) for each in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return statuses


def _be_client(port: int, key: str, until: float, number: int, statuses: Counter[int]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    mine: Counter[int] = Counter()
    for turn in count():
        if time.monotonic() > until:
            break
        for method, path, body in (
            ("GET", f"/v1/posts?limit={1 + (turn * 7 + number) % 60}", None),
            ("GET", "/healthz", None),
            ("GET", f"/v1/posts/none-{number}-{turn}", None),
            ("GET", f"/v1/documents?limit={1 + turn % 50}&sort=-published_at", None),
            ("POST", "/manage/v1/auth/refresh", {"refresh_token": f"skr_{number:021}{turn:022}"}),
        ):
            headers = {} if path == "/healthz" or body else {"Authorization": f"Bearer {key}"}
            if body:
                headers["Content-Type"] = "application/json"
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            answer.read()
            mine[answer.status] += 1
    connection.close()
    # `Counter.update` of several threads at once may lose counts; each comes here once, at its end.
    with _adding:
        statuses.update(mine)


_adding = threading.Lock()
