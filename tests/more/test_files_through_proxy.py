"""Large files that nginx sends once this server has allowed them, from a folder and from a bucket, with the files of deploy/.

Nginx works as www-data, as Debian has it, and this server under the umask of its commands: the guide's steps let one read what the other keeps.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from cms.cli.doctor.findings import Level
from cms.cli.doctor.shared_files import check_files_for_proxy
from config import PROJECT_ROOT, Settings
from tests.cli.servers import free_port
from tests.conftest import second_app
from tests.core.storages import new_bucket, s3_server
from tests.more.proxies import DEPLOY, await_port, kit_nginx
from tests.waiting.conftest import WEB_THREADS, Serve, serve
from tests.waiting.crowds import ask, assert_healthy
from tests.waiting.receivers import IMAGE_BYTES, KEYS, large_image, silent_receivers

__all__ = ["large_image", "serve"]
PLACE = "/simpul-files/"
GROUP = "www-data"
INCLUDE = "# include /etc/nginx/snippets/simpul-files.conf;"


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder that other accounts can get through, as those of pytest are not; our own umask is the one of the commands."""
    before = os.umask(0o077)
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
    os.umask(before)


@pytest.fixture(params=["local", "s3"])
def storage_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """Where the server under test has its files."""
    if request.param == "local":
        yield {"STORAGE_URL": f"file://{tmp_path / 'files'}"}
        return
    with s3_server() as endpoint:
        yield {"STORAGE_URL": new_bucket(endpoint), **KEYS}


def share_as_the_guide_says(root: Path) -> None:
    """The steps of docs/operations.md for a folder with files in it; the group is nginx's own, so that no group is made here."""
    text = (PROJECT_ROOT / "docs" / "operations.md").read_text()
    steps = re.findall(r"^(?:install -d .*|find) .*/srv/simpul/files.*$", text, re.MULTILINE)
    assert [step.split()[0] for step in steps] == ["install", "find"]
    for step in steps:
        here = step.replace("-o simpul ", "").replace("simpul-files", GROUP).replace("/srv/simpul/files", str(root))
        subprocess.run(["bash", "-c", here], check=True)


def snippet(settings: Mapping[str, str]) -> str:
    """The file of the kit with the location, for this storage."""
    url = urlsplit(settings["STORAGE_URL"])
    if url.scheme == "file":
        return (DEPLOY / "nginx-files.conf").read_text().replace("/srv/simpul/files/", f"{url.path}/")
    endpoint = parse_qs(url.query)["endpoint"][0]
    return (DEPLOY / "nginx-files-s3.conf").read_text().replace("https://s3.example", endpoint)


@contextmanager
def nginx(behind: int, location: str, folder: Path) -> Iterator[int]:
    """Nginx of the kit in front of the server, without TLS, so that bare sockets can ask; its port."""
    folder.mkdir()
    folder.chmod(0o755)
    port = free_port()
    frame = kit_nginx(folder, behind, free_port(), port, user="www-data")
    (folder / "simpul-files.conf").write_text(location)
    kit = (folder / "simpul.conf").read_text()
    for old, new in ((" ssl http2;", ";"), (INCLUDE, f"include {folder}/simpul-files.conf;")):
        assert old in kit, old
        kit = kit.replace(old, new)
    (folder / "simpul.conf").write_text(kit)
    with subprocess.Popen(["nginx", "-p", str(folder), "-c", str(frame), "-g", "daemon off;"]) as process:
        try:
            await_port(port, process, folder / "error.log")
            yield port
        finally:
            process.terminate()


def test_nginx_sends_large_files_and_no_thread_waits(
    large_image: str, serve: Serve, storage_settings: Mapping[str, str], tmp_path: Path
) -> None:
    if storage_settings["STORAGE_URL"].startswith("file:"):
        share_as_the_guide_says(tmp_path / "files")
    with (
        serve(**storage_settings, FILES_THROUGH_PROXY=PLACE) as behind,
        nginx(behind, snippet(storage_settings), tmp_path / "nginx") as port,
    ):
        whole = ask(port, large_image)
        assert (whole.status, len(whole.body)) == (200, IMAGE_BYTES)
        told = ask(behind, large_image)
        assert told.body == b""
        assert told.headers["X-Accel-Redirect"].startswith(PLACE)
        for name in (
            "ETag",
            "Content-Type",
            "Content-Disposition",
            "Cache-Control",
            "Content-Security-Policy",
            "X-Content-Type-Options",
            "Cross-Origin-Resource-Policy",
        ):
            assert whole.headers.get_all(name) == [told.headers[name]], name
        assert "X-Accel-Redirect" not in whole.headers
        assert whole.headers["Strict-Transport-Security"]
        part = ask(port, large_image, headers={"Range": "bytes=1000000-1999999"})
        assert (part.status, part.body) == (206, whole.body[1_000_000:2_000_000])
        assert part.headers["Content-Range"] == f"bytes 1000000-1999999/{IMAGE_BYTES}"
        assert ask(port, large_image, headers={"If-None-Match": whole.headers["ETag"]}).status == 304
        assert ask(port, large_image, headers={"Range": f"bytes={IMAGE_BYTES}-"}).status == 416
        # Nobody reaches the files but through this server.
        assert ask(port, told.headers["X-Accel-Redirect"]).status == 404
        with silent_receivers(4 * WEB_THREADS, port, large_image):
            assert_healthy(port)
            assert len(ask(port, large_image).body) == IMAGE_BYTES


@pytest.mark.parametrize("storage_settings", ["local"], indirect=True)
def test_what_nginx_cannot_read_is_sent_by_this_server_until_the_guide_was_followed(
    large_image: str,
    serve: Serve,
    storage_settings: Mapping[str, str],
    tmp_path: Path,
    environment: dict[str, str],
) -> None:
    settings = {**storage_settings, "FILES_THROUGH_PROXY": PLACE}
    with (
        serve(**settings) as behind,
        nginx(behind, snippet(storage_settings), tmp_path / "nginx") as port,
        second_app({**environment, **settings}) as app,
        app.app_context(),
    ):
        (said,) = check_files_for_proxy(Settings(files_through_proxy=PLACE))
        assert (said.level, "may not read it" in said.sentence) == (Level.WARNING, True), said
        assert "X-Accel-Redirect" not in ask(behind, large_image).headers
        assert len(ask(port, large_image).body) == IMAGE_BYTES

        share_as_the_guide_says(tmp_path / "files")

        (said,) = check_files_for_proxy(Settings(files_through_proxy=PLACE))
        assert said.level is Level.OK, said
        assert "X-Accel-Redirect" in ask(behind, large_image).headers
        assert len(ask(port, large_image).body) == IMAGE_BYTES
        kept = [tmp_path / "files" / "simpul-storage", *(tmp_path / "files").glob("incoming*")]
        assert [path.stat().st_mode & 0o077 for path in kept] == [0, 0]
