"""Large files that nginx sends once this server has allowed them, from a folder and from a bucket, as the guide configures it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from config import PROJECT_ROOT
from tests.cli.servers import free_port
from tests.waiting.conftest import WEB_THREADS, Serve, serve
from tests.waiting.crowds import ask, assert_healthy
from tests.waiting.receivers import IMAGE_BYTES, large_image, silent_receivers, storage_settings

__all__ = ["large_image", "serve", "storage_settings"]
PLACE = "/simpul-files/"
CONFIGURATION = """
daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://127.0.0.1:{behind}; proxy_set_header Host $http_host; }}
{location}
  }}
}}
"""


def location_of_the_guide(name: str) -> str:
    """The block of docs/operations.md that begins with this comment."""
    text = (PROJECT_ROOT / "docs" / "operations.md").read_text()
    found = re.search(rf"```nginx\n# {name}\n(.*?)```", text, re.DOTALL)
    assert found, name
    return found[1]


def location(settings: Mapping[str, str]) -> str:
    url = urlsplit(settings["STORAGE_URL"])
    if url.scheme == "file":
        return location_of_the_guide("files in a folder").replace("/srv/simpul/files/", f"{url.path}/")
    endpoint = parse_qs(url.query)["endpoint"][0]
    return location_of_the_guide("files in S3").replace("https://s3.example", endpoint)


@contextmanager
def nginx(behind: int, location: str, folder: Path) -> Iterator[int]:
    """Nginx in front of the server; its port."""
    folder.mkdir()
    folder.chmod(0o755)
    port = free_port()
    (folder / "nginx.conf").write_text(
        "user root;" + CONFIGURATION.format(folder=folder, port=port, behind=behind, location=location)
    )
    with subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]) as process:
        try:
            for _ in range(200):
                try:
                    ask(port, "/healthz")
                    break
                except OSError:
                    assert process.poll() is None, (folder / "error.log").read_text()
            yield port
        finally:
            process.terminate()


def test_nginx_sends_large_files_and_no_thread_waits(
    large_image: str, serve: Serve, storage_settings: Mapping[str, str], tmp_path: Path
) -> None:
    with (
        serve(**storage_settings, FILES_THROUGH_PROXY=PLACE) as behind,
        nginx(behind, location(storage_settings), tmp_path / "nginx") as port,
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
