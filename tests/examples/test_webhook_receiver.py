"""`examples/webhook_receiver.py` beside a real server and worker: killed while messages come, each message kept once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook as Signer

from tests.cli.servers import free_port
from tests.examples.loading import EXAMPLES, loaded
from tests.examples.running_city import PreparedCity, RunningCity, copied_city

SECONDS_TO_FOLLOW = 120.0
EDITOR, ADMIN = "redaksi.satu@balikpapan.example", "admin@balikpapan.example"
SECRET = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, loaded_city: PreparedCity, port: int) -> Iterator[RunningCity]:
    """The city on a server that may call this machine at the receiver's port."""
    outbound = {"OUTBOUND_NETWORKS": "127.0.0.0/8", "OUTBOUND_PORTS": str(port), "OUTBOUND_HTTP": "true"}
    with copied_city(tmp_path_factory.mktemp("city"), loaded_city, **outbound) as found:
        yield found


@contextmanager
def receiver(secret: str, port: int, file: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, str(EXAMPLES / "webhook_receiver.py"), str(port), str(file)]
    with subprocess.Popen(
        command, env={**os.environ, "WEBHOOK_SECRET": secret}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Listening on port {port}\n".encode()
        try:
            yield process
        finally:
            process.kill()


def published(city: RunningCity, editor: str, title: str) -> str:
    content = {"title": title, "body": "Isi.", "kind": "berita", "agency": "dpu"}
    made = city.send("POST", "/manage/v1/posts", editor, content).body["data"]
    path = f"/manage/v1/posts/{made['id']}/publish"
    assert city.send("POST", path, editor, {}, version=made["version"]).status == 200
    return str(made["id"])


def test_every_message_is_kept_once_although_the_receiver_is_killed(
    city: RunningCity, port: int, tmp_path: Path
) -> None:
    editor, admin, file = city.sign_in(EDITOR), city.sign_in(ADMIN), tmp_path / "messages.jsonl"
    consumer = city.send("GET", "/manage/v1/consumers", admin).body["data"][0]["id"]
    made = city.send(
        "POST", f"/manage/v1/consumers/{consumer}/webhooks", admin, {"url": f"http://127.0.0.1:{port}/"}
    ).body["data"]
    wanted = []
    with receiver(made["secret"], port, file) as process:
        wanted += [published(city, editor, f"Kabar {number}") for number in range(8)]
        process.send_signal(signal.SIGKILL)
        process.wait()
    wanted += [published(city, editor, f"Susulan {number}") for number in range(4)]
    with receiver(made["secret"], port, file):
        ends_at = time.monotonic() + SECONDS_TO_FOLLOW
        while time.monotonic() < ends_at and set(wanted) - set(kept(file)):
            time.sleep(0.2)
    assert sorted(kept(file)) == sorted(wanted)
    state = city.send("GET", f"/manage/v1/consumers/{consumer}/webhooks/{made['id']}", admin).body["data"]
    assert (state["state"], state["failures"]) == ("active", 0)


def kept(file: Path) -> list[str]:
    """The items of the messages in the file."""
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []
    assert len({line["id"] for line in lines}) == len(lines)
    return [line["data"]["id"] for line in lines if line["type"] == "post.published"]


def test_what_is_not_genuine_is_refused(tmp_path: Path) -> None:
    port, file = free_port(), tmp_path / "messages.jsonl"
    body = json.dumps({"type": "post.published", "data": {"id": "x"}}).encode()
    with receiver(SECRET, port, file):
        assert sent(port, body, headers(body, time.time())) == 204
        assert sent(port, body, headers(body, time.time() - 600)) == 401
        assert sent(port, body, headers(body + b" ", time.time())) == 401
        assert sent(port, body, {**headers(body, time.time()), "webhook-id": "lain"}) == 401
        assert sent(port, body, {}) == 401
        assert sent(port, b"x" * 30_000, {}) == 413
    assert len(file.read_text(encoding="utf-8").splitlines()) == 1


def headers(body: bytes, at: float) -> dict[str, str]:
    """Signed by the library of Standard Webhooks."""
    moment = datetime.fromtimestamp(int(at), UTC)
    return {
        "webhook-id": "k3v9mrta-1",
        "webhook-timestamp": str(int(at)),
        "webhook-signature": f"v1,AAAA {Signer(SECRET).sign('k3v9mrta-1', moment, body.decode())}",
    }


def sent(port: int, body: bytes, given: dict[str, Any]) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", data=body, method="POST", headers=given)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_line_that_was_broken_off_is_written_again(tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text('{"id": "a", "type": "x"}\n{"id": "b", "ty', encoding="utf-8")
    messages = loaded("webhook_receiver").Messages(file)
    messages.keep("a", {"type": "x"})
    messages.keep("b", {"type": "x"})
    assert json.loads(file.read_text(encoding="utf-8").splitlines()[-1]) == {"id": "b", "type": "x"}
