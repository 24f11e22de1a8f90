"""The webhook of the plugin for WordPress: a genuine message makes its pages new at once, and no other one does."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Signer

from tests.cli.servers import running
from tests.examples.running_city import RunningCity
from tests.more.programs import WORDPRESS
from tests.more.sites import complaints, served, visit
from tests.more.test_wordpress_plugin import PLUGIN

SECRET, OTHER = (
    "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "whsec_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB=",
)
EDITOR = "redaksi.satu@balikpapan.example"
BODY = '{"type": "post.published", "data": {}}'


@dataclass
class Told:
    """A blog that is told of changes."""

    port: int
    city: RunningCity
    log: Path

    def tell(self, secret: str = SECRET, age: timedelta = timedelta(), body: str = BODY, before: str = "") -> int:
        """Send a message that was signed so; returns the status."""
        at = datetime.now(UTC) - age
        headers = {
            "webhook-id": "k3v9mrta-1",
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": before + Signer(secret).sign("k3v9mrta-1", at, BODY),
        }
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/wp-json/simpul/v1/changed", body.encode(), headers
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code

    def publish(self, title: str) -> None:
        editor = self.city.sign_in(EDITOR)
        content = {"title": title, "body": "Isi.", "kind": "berita", "agency": "dpu", "channel": "kota"}
        made = self.city.send("POST", "/manage/v1/posts", editor, content).body["data"]
        path = f"/manage/v1/posts/{made['id']}/publish"
        assert self.city.send("POST", path, editor, {}, version=made["version"]).status == 200

    def shows(self, title: str) -> bool:
        return title in visit(self.port, "/berita/").text


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    (tmp_path / "instance").mkdir()
    with running(tmp_path / "instance") as (_process, port):
        secrets = json.loads((tmp_path / "instance" / "demo.json").read_text())
        city = RunningCity(f"http://127.0.0.1:{port}", secrets, tmp_path / "instance", {})
        settings = {
            "SIMPUL_API": city.api,
            "SIMPUL_KEY": city.key,
            "SIMPUL_PLUGIN": str(PLUGIN),
            "SIMPUL_WEBHOOK_SECRET": SECRET,
        }
        with served(WORDPRESS, settings, tmp_path / "php.log") as web:
            yield Told(web, city, tmp_path / "php.log")


def test_a_genuine_message_makes_the_pages_new_and_no_other_one_does(told: Told) -> None:
    assert not told.shows("Kabar baru")
    told.publish("Kabar baru")
    assert told.tell(OTHER) == 401
    assert told.tell(age=timedelta(minutes=6)) == 401
    assert told.tell(body=BODY + " ") == 401
    assert not told.shows("Kabar baru"), "the copy holds for minutes where changes are told"
    assert told.tell(before="v1,bm9uZQ== v1a,x ") == 204
    assert told.shows("Kabar baru")
    assert complaints(told.log) == []
