"""What the programs in PHP to copy do with their copies, whatever the API, or something in front of it, answers."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from config import PROJECT_ROOT
from tests.more.programs import PHP, WORDPRESS

POST = {"title": "Jalan dibuka lagi", "canonical_url": "https://dpu.balikpapan.example/jalan"}
LATER = 31
EXAMPLES = PROJECT_ROOT / "examples"
AWAY = {
    "too many requests": (429, {"detail": "Pelan-pelan"}),
    "out of order": (503, {"detail": "Nanti"}),
    "a proxy's own page": (502, None),
    "a proxy's own page that says that all is well": (200, None),
    "a proxy's own page that says that nothing is there": (404, None),
    "no answer": (0, None),
}


@dataclass
class Api:
    """Answers as it is told: status and JSON; None is a page of HTML, status 0 hangs up. Keeps what it was sent."""

    port: int = 0
    said: tuple[int, dict[str, Any] | None] = (200, {"data": [POST]})
    asked: list[str | None] = field(default_factory=list)


@pytest.fixture
def api() -> Iterator[Api]:
    told = Api()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers["If-None-Match"]
            told.asked.append(known)
            status, body = told.said
            if status == 0:
                self.close_connection = True
                return
            is_known = status == 200 and known == '"one"'
            self.send_response(304 if is_known else status)
            content = b"" if is_known else b"<html>" if body is None else json.dumps(body).encode()
            self.send_header("ETag", '"one"')
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        told.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield told
        server.shutdown()


def code_of(example: str) -> str:
    """The part of an example that pulls, and a page that shows what it got."""
    if example == "agency_site":
        text = (EXAMPLES / "agency_site.php").read_text(encoding="utf-8")
        return text[: text.index("// --- the pages ---")] + "echo json_encode(pull('/v1/posts'));"
    stand_ins = WORDPRESS.read_text(encoding="utf-8")
    plugin = (EXAMPLES / "simpul_wordpress.php").read_text(encoding="utf-8")
    pulling = plugin[plugin.index("const SIMPUL_ASK_AGAIN") : plugin.index("/** What `?simpul=")]
    return (
        stand_ins[: stand_ins.index("function shortcode_atts")]
        + pulling
        + "echo json_encode(simpul_pull('/v1/posts'));"
    )


class Site:
    """A page of a website that pulls as one of the examples does."""

    def __init__(self, folder: Path, api: Api, example: str) -> None:
        self.folder, self.api = folder, api
        (folder / "copies").mkdir()
        (folder / "page.php").write_text(code_of(example), encoding="utf-8")

    def visited(self) -> dict[str, Any]:
        """What the page has to show."""
        address = f"http://127.0.0.1:{self.api.port}"
        settings = {"SIMPUL_API": address, "SIMPUL_KEY": "smp_x", "SIMPUL_COPIES": str(self.folder / "copies")}
        answer = subprocess.run(
            [*PHP, "page.php"],
            check=False,
            cwd=self.folder,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert answer.returncode == 0, answer.stderr
        found: dict[str, Any] = json.loads(answer.stdout)
        return found

    def shows(self) -> bool:
        """True when a visitor sees the post."""
        found = self.visited()
        return found["status"] == 200 and found["body"]["data"] == [POST]

    def copies(self) -> dict[Path, dict[str, Any]]:
        """The files with its copies, each by the name that it has inside."""
        files = [*sorted((self.folder / "copies").iterdir()), self.folder / "options.json"]
        read = {file: json.loads(file.read_text()) for file in files if file.exists()}
        return {file: kept for file, kept in read.items() if kept}

    def time_passes(self) -> None:
        """The copies become too old to be shown unasked."""
        for file, kept in self.copies().items():
            copies = [kept] if "asked_at" in kept else list(kept.values())
            for each in copies:
                each["asked_at"] -= LATER
            file.write_text(json.dumps(kept))


@pytest.fixture(params=["agency_site", "wordpress"])
def site(request: pytest.FixtureRequest, tmp_path: Path, api: Api) -> Site:
    return Site(tmp_path, api, request.param)


def test_one_visit_asks_and_the_next_ones_do_not(site: Site, api: Api) -> None:
    assert [site.shows(), site.shows()] == [True, True]
    assert api.asked == [None]


def test_later_it_asks_whether_its_copy_is_right(site: Site, api: Api) -> None:
    site.shows()
    site.time_passes()

    assert [site.shows(), site.shows()] == [True, True]
    assert api.asked == [None, '"one"']


@pytest.mark.parametrize("status", [404, 410])
def test_what_was_taken_back_is_taken_down(site: Site, api: Api, status: int) -> None:
    site.shows()
    site.time_passes()
    api.said = (status, {"code": "gone", "detail": "Ditarik", "explanation": "Salah tanggal."})

    assert not site.shows()
    assert site.copies() == {}
    api.said = (0, None)
    assert not site.shows()


@pytest.mark.parametrize("case", AWAY)
def test_the_copy_goes_on_while_the_api_is_away_and_visitors_do_not_wait_each(site: Site, api: Api, case: str) -> None:
    site.shows()
    site.time_passes()
    api.said = AWAY[case]

    assert [site.shows(), site.shows()] == [True, True]
    assert len(api.asked) == 2


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_mistake_of_the_site_is_not_hidden_behind_a_copy(site: Site, api: Api, status: int) -> None:
    site.shows()
    site.time_passes()
    api.said = (status, {"code": "invalid_token", "detail": "Kunci tidak berlaku"})

    assert not site.shows()
    api.said = (200, {"data": [POST]})
    assert site.shows()


def test_without_copy_and_answer_the_page_says_so(site: Site, api: Api) -> None:
    api.said = (503, {"detail": "Nanti"})

    assert site.visited() == {"status": 503, "body": None}


def test_a_page_that_was_taken_back_tells_why(site: Site, api: Api) -> None:
    api.said = (410, {"code": "gone", "detail": "Ditarik", "explanation": "Salah tanggal."})

    told = site.visited()
    assert (told["status"], told["body"]["explanation"]) == (410, "Salah tanggal.")
