"""The plugin for WordPress (`examples/simpul_wordpress.php`) before a real server, on functions that stand in for WordPress."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from config import PROJECT_ROOT
from tests.cli.servers import running
from tests.examples.running_city import RunningCity
from tests.more.programs import WORDPRESS
from tests.more.sites import HOSTILE, Page, complaints, served, visit

PLUGIN = PROJECT_ROOT / "examples" / "simpul_wordpress.php"


@dataclass
class Blog:
    """A page with the shortcode, the city behind it, and the copies."""

    port: int
    city: RunningCity
    options: Path
    api_process: subprocess.Popen[bytes]

    def get(self, query: str = "") -> Page:
        return visit(self.port, f"/berita/{query}")

    def posts(self) -> list[dict[str, Any]]:
        return list(self.city.listed("/v1/posts?channel=kota&limit=100"))

    def let_time_pass(self, seconds: int = 60) -> None:
        """Make every copy older, instead of waiting."""
        kept = json.loads(self.options.read_text())
        moments = ("asked_at", "as_of")
        older = {
            name: {**each, **{moment: each[moment] - seconds for moment in moments}} for name, each in kept.items()
        }
        self.options.write_text(json.dumps(older))


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Blog]:
    folder = tmp_path_factory.mktemp("blog")
    (folder / "instance").mkdir()
    with running(folder / "instance") as (process, port):
        secrets = json.loads((folder / "instance" / "demo.json").read_text())
        city = RunningCity(f"http://127.0.0.1:{port}", secrets, folder / "instance", {})
        settings = {"SIMPUL_API": city.api, "SIMPUL_KEY": city.key, "SIMPUL_PLUGIN": str(PLUGIN)}
        with served(WORDPRESS, settings, folder / "php.log") as web:
            yield Blog(web, city, folder / "options.json", process)
        assert complaints(folder / "php.log") == []


def query_of(post: dict[str, Any]) -> str:
    return "?simpul=" + quote(f"{post['agency']['slug']}/{post['slug']}", safe="")


def test_the_list_has_every_post_of_the_channel_with_pictures_and_whose_it_is(blog: Blog) -> None:
    links, text, query, images = [], "", "", 0
    while True:
        page = blog.get(query)
        assert (page.status, page.scripts) == (200, 0)
        links, text, images = links + page.links, text + page.text, images + len(page.images)
        if not page.next:
            break
        query = page.next
    posts = blog.posts()
    assert links == [query_of(post) for post in posts]
    assert images == sum(post["cover"] is not None for post in posts)
    for post in posts:
        if post["relation"] == "repost":
            assert f"Dari {post['agency']['name']}: {post['repost']['comment']}" in text
    assert blog.get("?simpul_cursor=%3Cscript%3E").text == blog.get().text


def test_every_post_has_its_page_with_its_notice_and_its_pictures(blog: Blog) -> None:
    posts = blog.posts()
    for post in posts:
        page = blog.get(query_of(post))
        full = blog.city.send("GET", f"/v1/posts/{post['id']}", blog.city.key).body["data"]
        assert (page.status, page.canonical, page.scripts) == (200, post["canonical_url"], 0)
        for said in (post["title"], post["credit_line"], Page(200, None, full["body_html"]).text):
            assert " ".join(said.split()) in page.text
        assert post["withdrawn"] is None or post["withdrawn"]["explanation"] in page.text
        assert len(page.images) == (post["cover"] is not None) + full["body_html"].count("<img")
        assert all(str(image["src"]).startswith(blog.city.secrets["base_url"]) for image in page.images)
    assert any(post["withdrawn"] for post in posts)


def test_what_was_taken_back_moved_or_never_was_has_its_status(blog: Blog) -> None:
    token = blog.city.sign_in("redaksi.satu@balikpapan.example")
    found = []
    for title in (HOSTILE, "Pindah rumah"):
        content = {"agency": "kota", "kind": "berita", "title": title, "summary": HOSTILE, "body": "Isi."}
        post = blog.city.send("POST", "/manage/v1/posts", token, content).body["data"]
        path = f"/manage/v1/posts/{post['id']}"
        version = blog.city.send("POST", f"{path}/publish", token, {}, post["version"]).body["data"]["version"]
        blog.let_time_pass()
        page = blog.get(f"?simpul=kota/{post['slug']}")
        assert (page.status, page.scripts, title in page.text) == (200, 0, True)
        target = blog.posts()[-1]
        ending = (
            {"kind": "gone", "explanation": HOSTILE}
            if title == HOSTILE
            else {"kind": "redirect", "to": target["id"], "explanation": "Lihat."}
        )
        assert blog.city.send("POST", f"{path}/unpublish", token, ending, version).status == 200
        found.append(f"?simpul=kota/{post['slug']}")
    blog.let_time_pass()

    gone, moved = (blog.get(query) for query in found)
    assert (gone.status, gone.scripts, HOSTILE in gone.text) == (410, 0, True)
    assert "no-cache" in gone.headers["Cache-Control"]
    assert (moved.status, moved.headers["Location"]) == (301, query_of(target))
    for wrong in ("kota/tidak-ada", "x", "../etc/passwd", "<script>", "kota/a%0d%0aX:y"):
        assert blog.get(f"?simpul={quote(wrong)}").status == 404
    assert blog.get("?simpul[]=x").status == 200
    on_channel = {post["id"] for post in blog.posts()}
    other = next(post for post in blog.city.listed("/v1/posts?limit=100") if post["id"] not in on_channel)
    elsewhere = blog.get(query_of(other))
    assert (elsewhere.status, elsewhere.headers["Location"]) == (302, other["canonical_url"])


def test_it_goes_on_with_its_copies_when_the_api_does_not_answer(blog: Blog) -> None:
    """The last test: nothing brings the API back."""
    newest = blog.get()
    os.killpg(blog.api_process.pid, signal.SIGKILL)
    blog.api_process.wait()
    blog.let_time_pass(3_600)
    assert (blog.get().status, blog.get().links) == (200, newest.links)
    assert blog.get("?simpul=kota/tidak-pernah-ada").status == 503
    blog.let_time_pass(8 * 86_400)
    assert blog.get().links == []
