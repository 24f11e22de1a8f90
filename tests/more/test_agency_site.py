"""The website of an agency in PHP (`examples/agency_site.php`) before a real server: every page, and what happens when things go."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from config import PROJECT_ROOT
from tests.cli.servers import running
from tests.more.sites import HOSTILE, Page, complaints, served, visit

SITE = PROJECT_ROOT / "examples" / "agency_site.php"


@dataclass
class Site:
    """The running site, the API behind it, and an editor."""

    port: int
    api: str
    secrets: dict[str, Any]
    copies: Path
    api_process: subprocess.Popen[bytes]

    def get(self, path: str, method: str = "GET") -> Page:
        return visit(self.port, path, method)

    def read(self, path: str) -> Any:
        """What the API has for the key of the site."""
        return self._json("GET", path, self.secrets["keys"]["website"])

    def write(self, method: str, path: str, body: Any, token: str, match: str | None = None) -> Any:
        return self._json(method, path, token, body, match)

    def editor(self) -> str:
        return self.token_of("central_editor")

    def token_of(self, role: str) -> str:
        user = next(each for each in self.secrets["users"] if each["role"] == role)
        body = {name: user[name] for name in ("email", "password")}
        return str(self._json("POST", "/manage/v1/auth/login", None, body)["access_token"])

    def _json(self, method: str, path: str, token: str | None, body: Any = None, match: str | None = None) -> Any:
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        if match is not None:
            headers["If-Match"] = match
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.api + path, data=data, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def let_time_pass(self, seconds: int = 60) -> None:
        """Make every copy older, instead of waiting."""
        for copy in self.copies.glob("*.json"):
            kept = json.loads(copy.read_text())
            copy.write_text(
                json.dumps({**kept, "asked_at": kept["asked_at"] - seconds, "as_of": kept["as_of"] - seconds})
            )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of the city's own channel, which has posts of many agencies, carried ones and a withdrawn one."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "instance").mkdir()
    with running(folder / "instance") as (process, port):
        secrets = json.loads((folder / "instance" / "demo.json").read_text())
        api = f"http://127.0.0.1:{port}"
        settings = {
            "SIMPUL_API": api,
            "SIMPUL_KEY": secrets["keys"]["website"],
            "SIMPUL_AGENCY": "kota",
            "SIMPUL_COPIES": str(folder / "copies"),
        }
        with served(SITE, settings, folder / "php.log") as site_port:
            yield Site(site_port, api, secrets, folder / "copies", process)
        assert complaints(folder / "php.log") == []


def test_the_pages_of_the_list_have_every_post_once_and_in_order(site: Site) -> None:
    shown: list[str] = []
    path, pages = "/", 0
    while path:
        page = site.get(path)
        assert page.status == 200
        shown += [link for link in page.links if link != "/"]
        path, pages = page.next, pages + 1
    posts = site.read("/v1/posts?channel=kota&limit=100")["data"]
    assert shown == [f"/{post['agency']['slug']}/{post['slug']}".removeprefix("/kota") for post in posts]
    assert pages == -(-len(posts) // 5) > 3


def test_every_page_has_the_name_of_the_agency_above_it(site: Site) -> None:
    name = site.read("/v1/agencies/kota")["data"]["name"]
    for path in ("/", "/nothing-here"):
        assert f'<header><a href="/">{name}</a></header>' in site.get(path).html


def test_programs_of_subscribers_find_the_feed_of_the_channel(site: Site) -> None:
    feed = urlsplit(site.get("/").subscription)
    with urllib.request.urlopen(f"{site.api}{feed.path}?{feed.query}", timeout=20) as answer:
        text, media_type = answer.read().decode(), answer.headers["Content-Type"]

    assert media_type == "application/rss+xml; charset=utf-8"
    posts = site.read("/v1/posts?channel=kota&limit=5")["data"]
    assert [each for each in posts if f"urn:uuid:{each['id']}" in text] == [
        each for each in posts if not each["withdrawn"]
    ]


def test_every_post_has_its_page_with_what_belongs_to_it(site: Site) -> None:
    """Whose it is, what was withdrawn, its pictures, its one address."""
    posts = site.read("/v1/posts?channel=kota&limit=100")["data"]
    for post in posts:
        page = site.get(f"/{post['agency']['slug']}/{post['slug']}".removeprefix("/kota"))
        full = site.read(f"/v1/posts/{post['id']}")["data"]
        assert (page.status, page.canonical, page.scripts) == (200, post["canonical_url"], 0)
        for said in (post["title"], post["credit_line"], Page(200, None, full["body_html"]).text):
            assert " ".join(said.split()) in page.text
        withdrawn = post["withdrawn"]
        assert ("Ditarik" in page.text) == (withdrawn is not None)
        assert withdrawn is None or withdrawn["explanation"] in page.text
        assert len(page.images) >= (post["cover"] is not None)
    assert any(post["withdrawn"] for post in posts)
    assert any(post["cover"] for post in posts)


def test_its_pictures_can_be_loaded_and_say_what_they_show(site: Site) -> None:
    images = [image for page in (site.get("/"), *map(site.get, site.get("/").links)) for image in page.images]
    assert images
    for image in images:
        assert all(image[name] for name in ("alt", "width", "height"))
        with urllib.request.urlopen(str(image["src"]), timeout=20) as answer:
            assert answer.headers["Content-Type"] == "image/jpeg"
    policy = site.get("/").headers["Content-Security-Policy"]
    assert policy.startswith(f"default-src 'none'; img-src {site.secrets['base_url']};")


def test_a_carried_post_says_whose_it_is_and_why_it_is_here(site: Site) -> None:
    carried = [post for post in site.read("/v1/posts?channel=kota&limit=100")["data"] if post["relation"] == "repost"]
    listed, path = "", "/"
    while path:
        page = site.get(path)
        listed, path = listed + page.text, page.next
    assert carried
    for post in carried:
        assert f"Dibagikan dari {post['agency']['name']}: {post['repost']['comment']}" in listed
        assert f"Dari {post['agency']['name']}" in site.get(f"/{post['agency']['slug']}/{post['slug']}").text


def test_what_is_not_on_the_channel_is_at_its_owners(site: Site) -> None:
    on_channel = {post["id"] for post in site.read("/v1/posts?channel=kota&limit=100")["data"]}
    other = next(post for post in site.read("/v1/posts?limit=100")["data"] if post["id"] not in on_channel)
    page = site.get(f"/{other['agency']['slug']}/{other['slug']}")
    assert (page.status, page.headers["Location"]) == (302, other["canonical_url"])


@pytest.mark.parametrize(
    "path", ["/tidak-ada", "/dpu/tidak-ada", "/../etc/passwd", "/a/b/c", "/A", "/%3Cscript%3E", "/x%0d%0aX:y", "/a-"]
)
def test_other_addresses_are_not_there(site: Site, path: str) -> None:
    page = site.get(path)
    assert (page.status, page.scripts) == (404, 0)


def test_a_cursor_that_is_none_leads_to_the_newest(site: Site) -> None:
    page = site.get("/?cursor=%3Cscript%3E")
    assert (page.status, page.headers["Location"]) == (302, "/")
    assert site.get("/?cursor[]=x").status == 200
    assert site.get("/", "DELETE").status == 405


def test_nothing_that_an_editor_writes_is_code(site: Site) -> None:
    token = site.editor()
    body = {"agency": "kota", "kind": "pengumuman", "title": HOSTILE, "summary": HOSTILE, "body": "Jalan ditutup."}
    post = site.write("POST", "/manage/v1/posts", body, token)["data"]
    site.write("POST", f"/manage/v1/posts/{post['id']}/publish", {}, token, '"v1"')
    slug = site.read(f"/v1/posts/{post['id']}")["data"]["slug"]
    site.let_time_pass()
    for page in (site.get("/"), site.get(f"/{slug}")):
        assert (page.status, page.scripts) == (200, 0)
        assert HOSTILE in page.text


def test_a_preview_link_opens_on_the_site_and_is_kept_by_nobody(site: Site) -> None:
    """As the agency's template for addresses makes it. Nothing else than such a link is taken from the parameter."""
    admin = site.token_of("admin")
    template = {
        "address_templates": {"post": "https://www.balikpapan.example/{slug}"},
        "site_url": "https://www.balikpapan.example",
    }
    version = site.write("GET", "/manage/v1/agencies/kota", None, admin)["data"]["version"]
    site.write("PATCH", "/manage/v1/agencies/kota", template, admin, version)
    token = site.editor()
    draft = {"agency": "kota", "kind": "berita", "title": HOSTILE, "body": "Belum terbit."}
    post = site.write("POST", "/manage/v1/posts", draft, token)["data"]
    made = site.write("POST", f"/manage/v1/posts/{post['id']}/previews", {"uses": 2}, token)["data"]
    path = made["url"].removeprefix("https://www.balikpapan.example")
    assert "?preview=posts" in path

    page = site.get(path)
    assert (page.status, page.scripts, HOSTILE in page.text, "Belum terbit." in page.text) == (200, 0, True, True)
    assert "Pratinjau sampai" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"].startswith("noindex")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert not [copy for copy in site.copies.glob("*.json") if "Belum terbit." in copy.read_text()]
    assert site.get(path).status == 200
    assert site.get(path).status == 410
    for wrong in (
        "posts/x",
        "posts/../../v1/posts",
        "documents/x",
        "https://elsewhere.example/",
        "posts/",
        "posts/x%0d%0aX:%20y",
    ):
        assert site.get(f"/?preview={wrong}").status == 404


def test_what_was_taken_back_is_gone_with_its_reason(site: Site) -> None:
    """Although there was a copy. A new slug leads on, and what was sent elsewhere is sent there."""
    token = site.editor()
    made = [
        site.write(
            "POST", "/manage/v1/posts", {"agency": "kota", "kind": "berita", "title": title, "body": "Isi."}, token
        )["data"]
        for title in ("Salah kirim", "Pindah rumah")
    ]
    slugs = []
    for post in made:
        site.write("POST", f"/manage/v1/posts/{post['id']}/publish", {}, token, '"v1"')
        slugs.append(site.read(f"/v1/posts/{post['id']}")["data"]["slug"])
        assert site.get(f"/{slugs[-1]}").status == 200
    gone = {"kind": "gone", "explanation": "Angkanya <b>salah</b> & diganti."}
    elsewhere = site.read("/v1/posts?agency=dpu&limit=1")["data"][0]["canonical_url"].rpartition("/")[0] + "/baru"
    sent = {"kind": "redirect", "explanation": "Lihat situs PUPR.", "to": elsewhere}
    for post, ending in zip(made, (gone, sent), strict=True):
        version = site.write("GET", f"/manage/v1/posts/{post['id']}", None, token)["data"]["version"]
        site.write("POST", f"/manage/v1/posts/{post['id']}/unpublish", ending, token, version)
    site.let_time_pass()

    first, second = (site.get(f"/{slug}") for slug in slugs)

    assert first.status == 410
    assert "Angkanya <b>salah</b> & diganti." in first.text
    assert first.headers["Cache-Control"] == "no-store"
    assert (second.status, second.headers["Location"]) == (301, elsewhere)
    assert [site.get(f"/{slug}").status for slug in slugs] == [410, 301]


def test_it_goes_on_with_its_copies_when_the_api_does_not_answer(site: Site) -> None:
    """The last test: nothing brings the API back."""
    newest = site.get("/")
    assert [site.get(link).status for link in newest.links] == [200] * len(newest.links)
    os.killpg(site.api_process.pid, signal.SIGKILL)
    site.api_process.wait()

    site.let_time_pass(3_600)
    again = site.get("/")
    assert (again.status, again.links) == (200, newest.links)
    assert "yang terbaru sedang tidak dapat diambil" in again.text
    assert [site.get(link).status for link in newest.links] == [200] * len(newest.links)
    unknown = site.get("/tidak-pernah-ada")
    assert (unknown.status, unknown.headers["Retry-After"]) == (503, "60")

    site.let_time_pass(8 * 86_400)
    assert site.get("/").status == 503
