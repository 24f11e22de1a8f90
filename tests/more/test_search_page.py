"""The search pages in PHP and in JavaScript (`examples/search_page.*`) before a real server: what they show, and what they never show."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from config import PROJECT_ROOT
from tests.cli.servers import free_port
from tests.examples.running_city import PATIENCE, RunningCity, running_city
from tests.more.sites import HOSTILE, complaints, served, visit

EXAMPLES = PROJECT_ROOT / "examples"
CENTRAL = "redaksi.satu@balikpapan.example"
Serve = Callable[[dict[str, str], Path], AbstractContextManager[int]]


@contextmanager
def in_php(settings: dict[str, str], log: Path) -> Iterator[int]:
    """The page in PHP; returns its port."""
    with served(EXAMPLES / "search_page.php", settings, log) as port:
        yield port
    assert complaints(log) == []


@contextmanager
def in_javascript(settings: dict[str, str], log: Path) -> Iterator[int]:
    """The page in JavaScript; returns its port."""
    port = free_port()
    environment = {**os.environ, **settings, "PORT": str(port)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["node", str(EXAMPLES / "search_page.mjs")], env=environment, stdout=output, stderr=output
        )
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5)
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()
    assert log.read_text() == ""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[RunningCity]:
    """The demonstration city, with a post whose title is hostile; search has everything."""
    with running_city(tmp_path_factory.mktemp("searched")) as city:
        token = city.sign_in(CENTRAL)
        content = {"agency": "kota", "kind": "pengumuman", "title": HOSTILE, "summary": HOSTILE, "body": "Zebra lewat."}
        post = city.send("POST", "/manage/v1/posts", token, content).body["data"]
        city.send("POST", f"/manage/v1/posts/{post['id']}/publish", token, {}, post["version"])
        for _ in range(PATIENCE):
            if city.send("GET", "/v1/search?q=zebra", city.key).body["data"]:
                break
            time.sleep(0.5)
        yield city


@pytest.mark.parametrize("page_of", [in_php, in_javascript])
def test_a_visitor_finds_every_hit_in_its_order_and_nothing_that_editors_write_is_code(
    city: RunningCity, tmp_path: Path, page_of: Serve
) -> None:
    hits = list(city.listed("/v1/search?q=jalan&limit=100"))
    with page_of({"SIMPUL_API": city.api, "SIMPUL_KEY": city.key}, tmp_path / "log") as port:
        shown: list[str] = []
        page = visit(port, "/?q=jalan")
        assert f"{len(hits)} hasil" in page.text
        while True:
            shown += [link for link in page.links if link.startswith("http")]
            following = [link for link in page.links if "cursor=" in link]
            if not following:
                break
            page = visit(port, f"/{following[0]}")
        hostile = visit(port, "/?q=zebra")
        asked = visit(port, f"/?q={quote(HOSTILE)}")

    assert shown == [hit["canonical_url"] for hit in hits]
    assert len(shown) > 20
    assert (hostile.status, hostile.scripts, hostile.html.count("<mark>")) == (200, 0, 1)
    assert "alert(1)" in hostile.text
    assert (asked.status, asked.scripts) == (200, 0)


@pytest.mark.parametrize("page_of", [in_php, in_javascript])
def test_who_is_refused_or_gets_no_answer_is_told_so(city: RunningCity, tmp_path: Path, page_of: Serve) -> None:
    told = []
    for number, (api, key) in enumerate([(city.api, "smp_wrong"), (f"http://127.0.0.1:{free_port()}", city.key)]):
        with page_of({"SIMPUL_API": api, "SIMPUL_KEY": key}, tmp_path / f"{number}.log") as port:
            page = visit(port, "/?q=jalan")
            told.append(page.text)
            assert page.status == 200
            assert "hasil" not in page.text

    assert city.send("GET", "/v1/search?q=jalan", "smp_wrong").status == 401
    assert "Pencarian sedang terganggu." in told[1]
    assert len(told[0]) > len("Cari Cari")
