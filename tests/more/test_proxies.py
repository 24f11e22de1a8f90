"""nginx and Caddy with the files of deploy/ pass everything on as Simpul means it, and keep slow callers away from it."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cms.core.permissions import Role
from tests.cli.servers import environment_of, get, prepare, running
from tests.conftest import second_app
from tests.documents.samples import PDF
from tests.documents.uploads import BOUNDARY, part
from tests.factories import add_document, add_published_post
from tests.more.proxies import Proxy, proxy, unchecked
from tests.people import People

CLAIM = "192.0.2.77"
LARGE = PDF[:-6] + bytes(range(256)) * 16_000 + PDF[-6:]
SETTINGS = {"PUBLIC_URL": "http://localhost", "PROXY_HOPS": "1"}


@dataclass(frozen=True)
class Behind:
    """A server behind a proxy, and who asks."""

    proxy: Proxy
    server_port: int
    key: str
    editor: str
    document: str

    def ask(self, method: str, path: str, token: str | None, body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:  # fmt: skip
        """Status, headers and body of an answer through the proxy."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        connection = self.proxy.connection()
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, content

    def change(self, path: str, token: str, given: dict[str, Any], method: str = "PATCH", **headers: str) -> tuple[int, dict[str, str], Any]:  # fmt: skip
        """A write with a JSON body."""
        status, told, content = self.ask(method, path, token, json.dumps(given).encode(), Content_Type="application/json", **headers)  # fmt: skip
        return status, told, json.loads(content) if content else None


@contextmanager
def server_behind(name: str, instance: Path, *, compressing: bool = False) -> Iterator[Behind]:
    """A server with an editor, a post and a document, behind this proxy."""
    prepare(instance, **SETTINGS)
    with second_app({**environment_of(instance, **SETTINGS)}) as app:
        people = People(app, app.test_client())
        editor, site = people.person(Role.AGENCY_EDITOR, "dpu"), people.website()
        add_published_post(app, title="Jalan ditutup")
        document = add_document(app).id
    with (
        running(instance, "serve", **SETTINGS) as (_process, port),
        proxy(name, instance / "proxy", port, compressing=compressing) as before,
    ):
        yield Behind(before, port, site.token, editor.token, document)


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def behind(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    with server_behind(request.param, tmp_path_factory.mktemp("behind")) as found:
        yield found


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def compressed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    """The same with a proxy that compresses, as many do: it changes the tags of what it compresses."""
    with server_behind(request.param, tmp_path_factory.mktemp("compressed"), compressing=True) as found:
        yield found


@pytest.fixture(scope="module")
def file_path(behind: Behind) -> str:
    """A published file of 4 MB, uploaded through the proxy; its address for readers."""
    body = part("file", LARGE, "renja.pdf") + f"--{BOUNDARY}--\r\n".encode()
    path = f"/manage/v1/documents/{behind.document}"
    status, _headers, content = behind.ask(
        "POST", f"{path}/files", behind.editor, body, Content_Type=f"multipart/form-data; boundary={BOUNDARY}"
    )
    assert status == 201, content
    name = json.loads(content)["data"]["id"]
    _status, headers, _content = behind.ask("GET", path, behind.editor)
    status, _headers, told = behind.change(f"{path}/publish", behind.editor, {}, "POST", If_Match=headers["etag"])
    assert status == 200, told
    return f"/v1/documents/{behind.document}/files/{name}"


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
def test_tags_stay_strong_and_are_known_again_with_compression(behind: Behind, encoding: str) -> None:
    path = "/v1/posts?limit=5"
    status, headers, _content = behind.ask("GET", path, behind.key, Accept_Encoding=encoding)
    assert (status, headers["etag"][:1]) == (200, '"')
    assert headers.get("content-encoding", "identity") in {encoding, "identity"}

    again = behind.ask("GET", path, behind.key, Accept_Encoding=encoding, If_None_Match=headers["etag"])
    assert (again[0], again[1]["etag"], again[2]) == (304, headers["etag"], b"")


def test_writes_with_a_version_are_judged_by_it(behind: Behind) -> None:
    given = {"agency": "dpu", "kind": "pengumuman", "title": "Draf", "body": "Isi " * 900}
    status, _headers, made = behind.change("/manage/v1/posts", behind.editor, given, "POST")
    assert status == 201, made
    path = f"/manage/v1/posts/{made['data']['id']}"
    _status, headers, _content = behind.ask("GET", path, behind.editor, Accept_Encoding="gzip, br")

    first = behind.change(path, behind.editor, {"title": "Lain"}, If_Match=headers["etag"], Accept_Encoding="gzip, br")
    stale = behind.change(path, behind.editor, {"title": "Basi"}, If_Match=headers["etag"], Accept_Encoding="identity")

    assert (first[0], stale[0]) == (200, 412)


def test_writes_go_on_behind_a_proxy_that_compresses(compressed: Behind) -> None:
    given = {"agency": "dpu", "kind": "pengumuman", "title": "Draf", "body": "Isi " * 900}
    status, _headers, made = compressed.change("/manage/v1/posts", compressed.editor, given, "POST")
    assert status == 201, made
    path = f"/manage/v1/posts/{made['data']['id']}"

    for number in range(3):
        _status, headers, _content = compressed.ask("GET", path, compressed.editor, Accept_Encoding="gzip")
        assert headers["content-encoding"] == "gzip"
        tag = headers["etag"]
        saved = compressed.change(path, compressed.editor, {"title": f"Judul {number}"}, If_Match=tag)
        stale = compressed.change(path, compressed.editor, {"title": "Basi"}, If_Match=tag)
        assert (saved[0], stale[0]) == (200, 412), (tag, saved)
    row = json.loads(compressed.ask("GET", "/manage/v1/posts?limit=1", compressed.editor)[2])["data"][0]
    assert compressed.change(f"{path}/submit", compressed.editor, {}, "POST", If_Match=row["version"])[0] == 200


def test_copies_are_known_again_behind_a_proxy_that_compresses(compressed: Behind) -> None:
    for path in ("/v1/posts?limit=1", "/v1/posts?fields=id", "/v1/areas"):
        for encoding in ("gzip", "identity", "br, gzip"):
            status, headers, _content = compressed.ask("GET", path, compressed.key, Accept_Encoding=encoding)
            assert status == 200
            tag = headers["etag"]
            again = compressed.ask("GET", path, compressed.key, Accept_Encoding=encoding, If_None_Match=tag)
            assert (again[0], again[2]) == (304, b""), (path, tag)


def test_parts_of_files_are_parts(behind: Behind, file_path: str) -> None:
    status, headers, content = behind.ask("GET", file_path, behind.key, Range="bytes=1000000-1000009")
    assert (status, content) == (206, LARGE[1_000_000:1_000_010])
    assert headers["content-range"] == f"bytes 1000000-1000009/{len(LARGE)}"
    whole = behind.ask("GET", file_path, behind.key, If_Range=headers["etag"], Range="bytes=-6")
    assert (whole[0], whole[2]) == (206, LARGE[-6:])
    assert behind.ask("GET", file_path, behind.key)[2] == LARGE


def test_a_body_beyond_the_limit_is_refused_by_the_proxy(behind: Behind) -> None:
    with behind.proxy.socket() as connection:
        connection.sendall(
            f"POST /manage/v1/auth/login HTTP/1.1\r\nHost: 127.0.0.1:{behind.proxy.port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: 60000000\r\n\r\n".encode()
        )
        assert b" 413 " in connection.recv(200)


def test_slow_senders_stay_with_the_proxy(behind: Behind) -> None:
    head = (
        f"POST /manage/v1/auth/login HTTP/1.1\r\nHost: 127.0.0.1:{behind.proxy.port}\r\n"
        "Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
    ).encode()
    with ExitStack() as opened:
        for _ in range(20):
            opened.enter_context(behind.proxy.socket()).sendall(head)
        # Without the proxy all but one of its threads would wait, and the next body would be refused.
        given = {"agency": "dpu", "kind": "pengumuman", "title": "Di antara yang lambat"}
        assert [behind.change("/manage/v1/posts", behind.editor, given, "POST")[0] for _ in range(5)] == [201] * 5
        assert behind.ask("GET", "/v1/posts?limit=3", behind.key)[0] == 200


def test_slow_receivers_stay_with_the_proxy(behind: Behind, file_path: str) -> None:
    head = (
        f"GET {file_path} HTTP/1.1\r\nHost: 127.0.0.1:{behind.proxy.port}\r\nAuthorization: Bearer {behind.key}\r\n\r\n"
    )
    with ExitStack() as opened:
        for _ in range(12):
            opened.enter_context(behind.proxy.socket()).sendall(head.encode())
        assert behind.ask("GET", file_path, behind.key)[2] == LARGE
        assert behind.ask("GET", "/v1/posts?limit=3", behind.key)[0] == 200
        assert get(behind.server_port, "/readyz")["status"] == "ok"


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X_Forwarded_For", "Forwarded", "X-Real-IP"])
def test_nobody_chooses_the_own_address(behind: Behind, name: str) -> None:
    value = f"for={CLAIM}" if name == "Forwarded" else CLAIM
    with behind.proxy.socket() as connection:
        connection.sendall(
            f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{behind.proxy.port}\r\n{name}: {value}\r\nConnection: close\r\n\r\n".encode()
        )
        received = b""
        while chunk := connection.recv(4_096):
            received += chunk
    assert received.startswith(b"HTTP/1.1 200 ")
    assert CLAIM.encode() not in received


@pytest.mark.parametrize("name", ["nginx"])
def test_who_has_said_all_still_gets_the_answer(name: str, tmp_path: Path) -> None:
    """The caller closes its own direction behind its request, without a word of TLS about it."""
    with server_behind(name, tmp_path) as found, socket.create_connection(("127.0.0.1", found.proxy.port), 30) as plain:
        said = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        arriving, leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
        secure = unchecked().wrap_bio(arriving, leaving)
        while True:
            try:
                secure.do_handshake()
                break
            except ssl.SSLWantReadError:
                plain.sendall(leaving.read())
                arriving.write(plain.recv(65_536))
        secure.write(said)
        plain.sendall(leaving.read())
        plain.shutdown(socket.SHUT_WR)
        while block := plain.recv(65_536):
            arriving.write(block)
        assert secure.read(65_536).startswith(b"HTTP/1.1 200")


def test_figures_are_not_for_the_world(behind: Behind) -> None:
    assert behind.ask("GET", "/metrics", None)[0] == 404
