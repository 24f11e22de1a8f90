"""What the processes of a server have counted: added up by `/metrics` while it runs, and written when it is stopped in order."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path
from urllib.request import Request, urlopen

from pysqlite3 import dbapi2 as sqlite

from tests.cli.servers import get_text, make_key, running

ENOUGH_SECONDS = 60.0
ASKED = 60


def test_a_server_that_is_stopped_in_order_loses_no_figures(instance: Path) -> None:
    key = make_key(instance)
    with running(instance, "serve", WEB_WORKERS="2") as (process, port):
        asked = Request(f"http://127.0.0.1:{port}/v1/posts", headers={"Authorization": f"Bearer {key}"})
        for _ in range(ASKED):
            with urlopen(asked, timeout=10) as answer:
                assert answer.status == 200
        deadline = time.monotonic() + ENOUGH_SECONDS
        while (told := _told(port)) < ASKED and time.monotonic() < deadline:
            time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0

    assert told == ASKED
    with sqlite.connect(instance / "simpul.db") as database:
        (written,) = database.execute("SELECT sum(requests) FROM consumer_usage").fetchone()
        (used,) = database.execute("SELECT count(*) FROM delivery_keys WHERE last_used_at IS NOT NULL").fetchone()
    assert (written, used) == (ASKED, 1)


def _told(port: int) -> float:
    """The requests of lists that `/metrics` tells, of all processes."""
    lines = re.findall(
        r'^simpul_requests_total{method="GET",plane="delivery",route="/v1/posts",status="200"} (\S+)$',
        get_text(port, "/metrics"),
        re.MULTILINE,
    )
    return sum(map(float, lines))
