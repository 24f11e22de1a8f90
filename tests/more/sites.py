"""What the tests of websites share: pages as a visitor gets them, and programs in PHP behind a web server."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.cli.servers import free_port
from tests.more.programs import PHP

HOSTILE = "</title><script>alert(1)</script> \" onload='x' & Jalan"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


class Page(HTMLParser):
    """A page of the site: status, headers, text, and what it links to."""

    def __init__(self, status: int, headers: Any, html: str) -> None:
        super().__init__()
        self.status, self.headers, self.html = status, headers, html
        self.links: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.scripts = 0
        self.texts: list[str] = []
        self.next = self.canonical = self.subscription = ""
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert not [name for name in given if name.startswith("on")]
        if tag == "a" and given.get("rel") == "next":
            self.next = str(given["href"])
        elif tag == "a" and "href" in given:
            self.links.append(str(given["href"]))
        elif tag == "img":
            self.images.append(given)
        elif tag == "link" and given.get("rel") == "canonical":
            self.canonical = str(given["href"])
        elif tag == "link" and given.get("rel") == "alternate":
            self.subscription = str(given["href"])
        self.scripts += tag == "script"

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def visit(port: int, path: str, method: str = "GET") -> Page:
    """The page at a path of a site on this machine; redirects are not followed."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method)
    try:
        with _opener.open(request, timeout=20) as answer:
            return Page(answer.status, answer.headers, answer.read().decode())
    except urllib.error.HTTPError as error:
        return Page(error.code, error.headers, error.read().decode())


def complaints(log: Path) -> list[str]:
    """What PHP does not like in a program."""
    return [line for line in log.read_text().splitlines() if re.search("Warning|Notice|Deprecated|Fatal", line)]


@contextmanager
def served(script: Path, settings: dict[str, str], log: Path) -> Iterator[int]:
    """A program in PHP behind its own web server, which asks it for every address; returns the port. PHP complains in `log`."""
    port = free_port()
    with log.open("wb") as output:
        command = [*PHP, "-S", f"127.0.0.1:{port}", str(script)]
        process = subprocess.Popen(
            command, env={**os.environ, **settings}, stdout=output, stderr=output, cwd=log.parent
        )
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/favicon.ico", timeout=5)
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


@contextmanager
def files_served(folder: Path, handler: type[SimpleHTTPRequestHandler] | None = None) -> Iterator[int]:
    """A web server in this process for the files of a folder; returns the port."""
    made = handler or type("Files", (SimpleHTTPRequestHandler,), {"log_message": lambda *_given: None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *given: made(*given, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield int(server.server_port)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
