"""PHP and Node, with which the examples of the guides are run. Where they are missing, the tests say so and are skipped."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

PHP = ["php", "-d", "error_reporting=-1", "-d", "display_errors=stderr"]
WORDPRESS = Path(__file__).with_name("wordpress.php")


def _missing_for_php() -> str | None:
    if shutil.which("php") is None:
        return "`php` is not installed (Debian: php-cli php-curl), so the PHP examples of the guides were not run"
    asked = subprocess.run(
        ["php", "-r", "exit((int) !extension_loaded('curl') + 2 * (int) (PHP_VERSION_ID < 70400));"], check=False
    )
    if asked.returncode:
        return "PHP has no extension `curl` or is older than 7.4, so the PHP examples of the guides were not run"
    return None


def _missing_for_node() -> str | None:
    if shutil.which("node") is None:
        return "`node` is not installed, so the JavaScript examples of the guides were not run"
    major = subprocess.run(
        ["node", "-p", "parseInt(process.versions.node)"], check=True, capture_output=True, text=True
    )
    if int(major.stdout) < 18:
        return f"Node {major.stdout.strip()} is older than 18, so the JavaScript examples of the guides were not run"
    return None


_PHP_REASON, _NODE_REASON = _missing_for_php(), _missing_for_node()
needs_php = pytest.mark.skipif(_PHP_REASON is not None, reason=_PHP_REASON or "")
needs_node = pytest.mark.skipif(_NODE_REASON is not None, reason=_NODE_REASON or "")
