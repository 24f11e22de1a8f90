"""What is shown is packaged with the code: an installation of the files that the Containerfile copies shows every page."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from config import PROJECT_ROOT

SHOW = """
from cms.application import create_app
from cms.handbook.documents import examples
from config import Settings
client = create_app(Settings.from_environ()).test_client()
paths = ["/", "/docs", "/docs/guide", "/docs/model", "/docs/files", "/docs/errors", *(f"/docs/examples/{name}" for name in examples())]
print({path: client.get(path, headers={"Accept": "text/html"}).status_code for path in paths})
"""


def test_every_page_is_there_where_only_packaged_files_are(tmp_path: Path) -> None:
    copied = re.findall(r"^COPY (.+) (\S+)$", (PROJECT_ROOT / "deploy" / "Containerfile").read_text(), re.MULTILINE)
    for name in " ".join(sources for sources, _target in copied).split():
        (tmp_path / name).symlink_to(PROJECT_ROOT / name)
    # The folder that the code believes it lies in is that of config.py.
    (tmp_path / "config.py").unlink()
    (tmp_path / "config.py").write_bytes((PROJECT_ROOT / "config.py").read_bytes())

    shown = subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=tmp_path, env={"PYTHONPATH": str(tmp_path), "INSTANCE_PATH": str(tmp_path / "instance")}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip

    assert set(re.findall(r": (\d+)", shown)) == {"200"}
    assert shown.count("/docs/examples/") >= 1
