"""The page of an agency in JavaScript (`examples/agency_page.html`) in a browser, before a real server and before one that is hostile."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from cms.core.allowed_markup import ALLOWED_TAGS
from config import PROJECT_ROOT
from tests.examples.running_city import RunningCity, running_city
from tests.more.browser import AS_SOON_AS_IT_RESTS, Shown, shown
from tests.more.sites import HOSTILE, Page, files_served

PAGE = PROJECT_ROOT / "examples" / "agency_page.html"
CENTRAL = "redaksi.satu@balikpapan.example"


class Web(SimpleHTTPRequestHandler):
    """A web server with files and, where there is a play, an API of its own."""

    play: dict[str, list[tuple[int, dict[str, str], Any]]]

    def do_GET(self) -> None:
        lines = self.play.get(urlsplit(self.path).path)
        if lines is None:
            super().do_GET()
            return
        status, headers, body = lines.pop(0) if len(lines) > 1 else lines[0]
        sent = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(sent)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_arguments: Any) -> None:
        """Nothing on the screen."""


@dataclass
class Site:
    """The page on a web server, and the city behind it."""

    address: str
    folder: Path
    city: RunningCity | None

    def get(self, query: str = "") -> Shown:
        """As a new visitor: a browser keeps answers for half a minute."""
        with TemporaryDirectory(dir=self.folder) as profile:
            return shown(f"{self.address}/index.html{query}", Path(profile), AS_SOON_AS_IT_RESTS)

    def page(self, query: str = "") -> Page:
        return Page(200, None, self.get(query).main)

    def configure(self, api: str, key: str, agency: str) -> None:
        told = json.dumps({"api": api, "key": key, "agency": agency})
        (self.folder / "www" / "agency_page.json").write_text(told)


@contextmanager
def web(folder: Path, play: dict[str, Any] | None = None) -> Iterator[Site]:
    (folder / "www").mkdir()
    (folder / "www" / "index.html").write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    handler = type("Site", (Web,), {"play": play or {}})
    with files_served(folder / "www", handler) as port:
        yield Site(f"http://localhost:{port}", folder, None)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[Site]:
    """The page of the city's channel, its origin registered by the administrator."""
    folder = tmp_path_factory.mktemp("page")
    with running_city(folder) as city, web(folder) as made:
        admin = city.sign_in("admin@balikpapan.example")
        consumer = {"name": "Halaman kota", "kind": "website", "agency": "diskominfo", "origins": [made.address]}
        consumer["contact"] = {"name": "Pengelola", "email": "situs@diskominfo.balikpapan.example"}
        consumer_id = city.send("POST", "/manage/v1/consumers", admin, consumer).body["data"]["id"]
        key = city.send("POST", f"/manage/v1/consumers/{consumer_id}/keys", admin, {"label": "Halaman"}).body["data"][
            "key"
        ]
        made.city = city
        made.configure(city.api, key, "kota")
        yield made


def of(site: Site) -> RunningCity:
    assert site.city is not None
    return site.city


def posts_of(site: Site) -> list[dict[str, Any]]:
    return list(of(site).listed("/v1/posts?channel=kota&limit=100"))


def query_of(post: dict[str, Any]) -> str:
    return "?" + urlencode({"agency": post["agency"]["slug"], "slug": post["slug"]})


def test_the_pages_of_the_list_have_every_post_once_and_in_order_with_their_pictures(site: Site) -> None:
    links: list[str] = []
    images: list[dict[str, str | None]] = []
    query, text = "", ""
    while True:
        found = site.get(query)
        page = Page(200, None, found.main)
        assert found.console == []
        links += [link for link in page.links if "slug=" in link]
        images, text = images + page.images, text + page.text
        if not page.next:
            break
        query = page.next
    posts = posts_of(site)
    assert links == [query_of(post) for post in posts]
    covers = [post["cover"] for post in posts if post["cover"]]
    assert [image["alt"] for image in images] == [cover["alt"] for cover in covers]
    for image in images:
        assert image["srcset"].count("w") >= 2
        assert (image["loading"], bool(image["width"]), bool(image["height"])) == ("lazy", True, True)
        with urllib.request.urlopen(str(image["src"]), timeout=20) as answer:
            assert answer.headers["Content-Type"] == "image/jpeg"
    carried = [post for post in posts if post["relation"] == "repost"]
    assert carried
    assert all(f"Dibagikan dari {post['agency']['name']}: {post['repost']['comment']}" in text for post in carried)


def test_a_post_has_its_page_with_what_belongs_to_it(site: Site) -> None:
    """Whose it is, its notice, its pictures also in the body, its one address."""
    posts = posts_of(site)
    full = [of(site).send("GET", f"/v1/posts/{post['id']}", of(site).key).body["data"] for post in posts]
    interesting = [
        post for post in full if post["withdrawn"] or "<img" in post["body_html"] or post["agency"]["slug"] != "kota"
    ]
    assert any(post["withdrawn"] for post in interesting)
    assert any("<img" in post["body_html"] for post in interesting)
    for post in interesting[:8] + [
        each for each in interesting[8:] if each["withdrawn"] or "<img" in each["body_html"]
    ]:
        found = site.get(query_of(post))
        page = Page(200, None, found.main)
        assert found.console == []
        for said in (post["title"], post["credit_line"], Page(200, None, post["body_html"]).text):
            assert " ".join(said.split()) in page.text
        assert f'<link rel="canonical" href="{post["canonical_url"]}">' in found.html
        assert ("Ditarik" in page.text) == (post["withdrawn"] is not None)
        assert post["withdrawn"] is None or post["withdrawn"]["explanation"] in page.text
        assert len(page.images) == (post["cover"] is not None) + post["body_html"].count("<img")
        assert all(str(image["src"]).startswith(of(site).secrets["base_url"]) for image in page.images)


def test_what_is_not_there_was_taken_back_or_moved_is_told(site: Site) -> None:
    city = of(site)
    token = city.sign_in(CENTRAL)
    slugs = []
    for title in ("Salah kirim", "Pindah rumah"):
        content = {"agency": "kota", "kind": "berita", "title": title, "body": "Isi."}
        post = city.send("POST", "/manage/v1/posts", token, content).body["data"]
        path = f"/manage/v1/posts/{post['id']}"
        done = city.send("POST", f"{path}/publish", token, {}, post["version"]).body["data"]
        slugs.append(post["slug"])
        ending = {"kind": "gone", "explanation": "Angkanya <b>salah</b> & diganti."}
        if title == "Pindah rumah":
            target = next(iter(city.listed("/v1/posts?channel=kota&agency=dpu&limit=1")))
            ending = {"kind": "redirect", "explanation": "Lihat yang baru.", "to": target["id"]}
        assert city.send("POST", f"{path}/unpublish", token, ending, done["version"]).status == 200

    gone, moved = (site.get(f"?slug={slug}") for slug in slugs)
    assert "Angkanya <b>salah</b> & diganti." in Page(200, None, gone.main).text
    assert '<meta name="robots" content="noindex">' in gone.html
    assert target["title"] in Page(200, None, moved.main).text
    for wrong in ("?slug=tidak-ada", "?slug=../../etc/passwd", "?agency=%3Cscript%3E&slug=x"):
        assert "Halaman tidak ditemukan" in site.page(wrong).text
    assert posts_of(site)[0]["title"] in site.page("?cursor=%3Cscript%3E").text


def test_nothing_that_an_editor_writes_is_code(site: Site) -> None:
    city = of(site)
    token = city.sign_in(CENTRAL)
    content = {"agency": "kota", "kind": "pengumuman", "title": HOSTILE, "summary": HOSTILE, "body": "Jalan ditutup."}
    post = city.send("POST", "/manage/v1/posts", token, content).body["data"]
    city.send("POST", f"/manage/v1/posts/{post['id']}/publish", token, {}, post["version"])
    for query in ("", f"?slug={post['slug']}"):
        found = site.get(query)
        page = Page(200, None, found.main)
        assert (page.scripts, found.console) == (0, [])
        assert HOSTILE in page.text


MEDIA = "https://media.example"
BODY = (
    '<p onclick="x()">Kata <img src="x" onerror="document.title=1"><a href="javascript:document.title=1">tautan</a></p><script>document.title=1</script>'
    '<svg onload="document.title=1"><a href="x">gambar</a></svg><iframe src="https://elsewhere.example"></iframe><form action="/x"><input name="a">isi</form>'
    '<img src="/v1/media/a/b/content.jpg" srcset="/v1/media/a/c/card.jpg 400w, /v1/media/a/b/content.jpg 1200w" alt="Foto"><a href="mailto:a@b.example">surat</a>'
    '<img src="https://elsewhere.example/pixel.gif"><p style="position:fixed">gaya</p><template><b>diam</b></template>'
)


def hostile_api(**answers: Any) -> dict[str, Any]:
    """An API that was taken over, or an address that was mistyped."""
    post = {
        "id": "1", "title": "Judul", "slug": "a", "agency": {"slug": "kota", "name": "Kota"}, "channel": "kota", "cover": None, "summary": None,
        "canonical_url": "javascript:document.title=1", "credit_line": "Sumber", "published_at": "2026-11-30T00:00:00Z",
        "public_updated_at": "2026-11-30T00:00:00Z", "repost": None, "withdrawn": None, "valid_until": None, "body_html": BODY, "change_history": [],
    }  # fmt: skip
    told = {
        "status": "live",
        "id": "1",
        "type": "post",
        "agency": "kota",
        "slug": "a",
        "canonical_url": None,
        "to": None,
        "explanation": None,
    }
    meta = {"meta": {"media_base": MEDIA}}
    return {
        "/v1/resolve": [(200, {}, {"data": {**told, **answers.get("resolve", {})}, **meta})],
        "/v1/posts": [*answers.get("before", []), (200, {}, {"data": [post], "links": {"next": None}, **meta})],
    }


def test_a_body_passes_an_allow_list_although_the_api_sanitised_it(tmp_path: Path) -> None:
    with web(tmp_path, hostile_api()) as site:
        site.configure(site.address, "smp_x", "kota")
        found = site.get("?slug=a")
    page = Page(200, None, found.main)
    assert (found.title, page.scripts) == ("Judul", 0)
    assert page.text == "Judul 30 November 2026 Kata tautan gambar isi surat gaya Sumber"
    assert page.links == [f"{site.address}/x", "mailto:a@b.example"]
    assert [image.get("src") for image in page.images] == [None, f"{MEDIA}/v1/media/a/b/content.jpg", None]
    assert not re.search(r"<(svg|iframe|form|input|template)|style=|javascript:", found.main)
    assert "javascript:" not in found.html.partition("<script")[0]


@pytest.mark.parametrize("to", ["javascript:document.title=1", "data:text/html,x", None])
def test_it_sends_visitors_to_addresses_of_the_web_alone(tmp_path: Path, to: str | None) -> None:
    with web(tmp_path, hostile_api(resolve={"status": "moved", "slug": None, "to": to})) as site:
        site.configure(site.address, "smp_x", "kota")
        assert "Berita ini sudah ditarik" in site.page("?slug=a").text


def test_it_asks_again_when_that_helps_and_says_so_when_it_does_not(tmp_path: Path) -> None:
    for number, (before, text) in enumerate([
        ([(503, {"Retry-After": "1"}, {}), (429, {"Retry-After": "1"}, {})], "Judul"),
        ([(503, {"Retry-After": "600"}, {})], "Sedang ada gangguan"),
        ([(401, {}, {"detail": "Kunci."})], "Sedang ada gangguan"),
    ]):  # fmt: skip
        folder = tmp_path / str(number)
        folder.mkdir()
        with web(folder, hostile_api(before=before)) as site:
            site.configure(site.address, "smp_x", "kota")
            found = site.get()
        assert text in found.main
        assert any("Simpul:" in line for line in found.console) == (text != "Judul")


def test_an_origin_that_is_not_registered_is_named_for_the_developer(site: Site, tmp_path: Path) -> None:
    with web(tmp_path) as elsewhere:
        elsewhere.configure(of(site).api, of(site).key, "kota")
        found = elsewhere.get()

    assert "Sedang ada gangguan" in found.main
    assert any(f"the origin {elsewhere.address} registered" in line for line in found.console)


def test_its_policy_is_that_of_its_script_and_its_list_that_of_the_api() -> None:
    html = PAGE.read_text(encoding="utf-8")
    (script,) = re.findall(r'<script type="module">(.*?)</script>', html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in html
    named = re.search(r'ELEMENTS = new Set\(\("(.*?)"\)\.split', script.replace('" +\n  "', ""), re.DOTALL)
    assert named is not None
    # The page has the <h1>.
    assert set(named[1].split()) == ALLOWED_TAGS - {"h1"}


def test_the_next_page_has_a_cursor_of_the_api(site: Site) -> None:
    assert parse_qs(site.page().next.removeprefix("?")).keys() == {"cursor"}
