"""The pages as people see them: in Chromium, on a telephone and on a desk, in light and dark, by keyboard, and on paper."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from config import PROJECT_ROOT
from tests.cli.servers import running

# One browser for all, on a machine that may have much to do.
pytestmark = pytest.mark.timeout(600, func_only=False)
Found = dict[str, Any]
SCRIPT = Path(__file__).with_name("pages.js")
INSTALLED = PROJECT_ROOT / ".clients" / "node_modules"
# Of Swagger UI itself, whatever it shows.
FAULTS_OF_SWAGGER = {"nested-interactive", "scrollable-region-focusable", "select-name"}
FILTERS_OF_NOBODY = {"limit": ["20"], "sort": ["-published_at"]}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What the browser found on a server with the demonstration city."""
    instance, folder = tmp_path_factory.mktemp("instance"), tmp_path_factory.mktemp("browser")
    shutil.copy(SCRIPT, folder)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node_modules").symlink_to(INSTALLED)
    with running(instance) as (_process, port):
        key = json.loads((instance / "demo.json").read_text())["keys"]["website"]
        environment = {**os.environ, "SIMPUL_API": f"http://localhost:{port}", "SIMPUL_KEY": key}
        answer = subprocess.run(
            ["node", SCRIPT.name], check=False, cwd=folder, env=environment, capture_output=True, text=True, timeout=500
        )
    assert answer.returncode == 0, answer.stderr[-3_000:]
    read: Found = json.loads(answer.stdout)
    return read


def where(look: Found) -> str:
    return f"{look['path']} {look['width']} {look['colorScheme']}"


def test_no_page_is_wider_than_its_window(found: Found) -> None:
    assert len(found["looks"]) == 32
    assert {where(look): look["wide"] for look in found["looks"] if look["wide"] > 0} == {}
    # With an operation open and answered.
    assert found["reference"]["wide"] <= 0


def test_nothing_is_refused_by_the_policy_or_fails_and_no_other_host_is_asked(found: Found) -> None:
    # The address that does not exist is told as such by the browser.
    assert {
        where(look): look["said"] for look in found["looks"] if look["said"] and "nowhere" not in look["path"]
    } == {}
    assert [len(look["asked"]) for look in found["looks"]] == [1] * len(found["looks"])
    assert [look["cookies"] for look in found["looks"]] == [0] * len(found["looks"])


def test_pages_follow_the_rules_of_accessibility(found: Found) -> None:
    faults = {
        where(look): left
        for look in found["looks"]
        if (
            left := [
                each for each in look["faults"] or () if look["path"] != "/docs" or each["id"] not in FAULTS_OF_SWAGGER
            ]
        )
    }

    assert faults == {}
    assert sum(look["faults"] is not None for look in found["looks"]) == 16
    assert [each for each in found["reference"]["faults"] if each["id"] not in FAULTS_OF_SWAGGER] == []


def test_pages_are_dark_in_the_dark(found: Found) -> None:
    for look in found["looks"]:
        brightness = sum(int(each) for each in look["ground"].removeprefix("rgb(").removesuffix(")").split(","))
        assert (brightness > 600) if look["colorScheme"] == "light" else (brightness < 150), where(look)


def test_the_keyboard_comes_to_the_text_first_and_sees_where_it_is(found: Found) -> None:
    for look in found["looks"]:
        assert look["focused"]["href"] == "#main", where(look)
        assert look["focused"]["isSeen"], where(look)
        assert look["focused"]["outline"] == "solid 3px", where(look)


def test_the_guide_is_searched_copied_from_and_printed(found: Found) -> None:
    guide = found["guide"]

    assert guide["hits"] > 1
    assert len(guide["hash"]) > 1
    assert guide["isCopied"]
    assert guide["nothing"] == "Nothing found."
    assert guide["onPaper"] == []


def test_the_reference_asks_for_the_delivery_key_first_and_sends_nothing_that_nobody_chose(found: Found) -> None:
    reference = found["reference"]

    assert reference["schemes"][0] == "DeliveryKey"
    assert reference["undescribed"] == 0
    assert reference["status"] == 200
    assert parse_qs(urlsplit(reference["url"]).query).items() <= FILTERS_OF_NOBODY.items()
    assert {"min-seq", "if-none-match", "range", "idempotency-key"} & {*reference["sent"]} == set()
    assert "authorization" in reference["sent"]
