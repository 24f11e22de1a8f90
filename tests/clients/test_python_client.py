"""`clients/simpul_sync.py` beside a real server: killed while people write, after a restore, and with keys of other rights."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from config import PROJECT_ROOT
from tests.cli.servers import cms_command, environment_of
from tests.clients.endings import (
    follows_a_merger,
    follows_a_repost_to_its_end,
    forgets_what_vanished,
    goes_on_with_another_key,
)
from tests.clients.journeys import (
    Client,
    about_sqlite,
    follows_the_rights_of_its_key,
    in_sqlite,
    is_killed_while_people_write,
)
from tests.clients.published import differing, published
from tests.examples.loading import CLIENTS, loaded
from tests.examples.running_city import RunningCity

# Pages of three, so that a kill is in the middle of many.
SMALL_PAGES = "import sys, simpul_sync as client; client.PAGE = 3; sys.exit(client.main())"


def start(city: RunningCity, folder: Path, filters: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SMALL_PAGES, str(folder / "copy.db"), *filters],
        cwd=CLIENTS,
        env={**os.environ, "SIMPUL_API": city.api, "SIMPUL_KEY": city.key, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


PYTHON = Client(start, in_sqlite, about_sqlite)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_in_the_middle_it_ends_with_exactly_what_is_published(running: RunningCity, tmp_path: Path) -> None:
    is_killed_while_people_write(running, PYTHON, tmp_path, 40)


def test_a_key_of_other_rights_makes_it_exact_again(running: RunningCity, tmp_path: Path) -> None:
    follows_the_rights_of_its_key(running, PYTHON, tmp_path)


def test_it_forgets_what_vanished(running: RunningCity, tmp_path: Path) -> None:
    forgets_what_vanished(running, PYTHON, tmp_path)


def test_it_follows_a_merger_and_its_end(running: RunningCity, tmp_path: Path) -> None:
    follows_a_merger(running, PYTHON, tmp_path, "digabung-python")


def test_it_follows_a_repost_to_its_end(running: RunningCity, tmp_path: Path) -> None:
    follows_a_repost_to_its_end(running, PYTHON, tmp_path)


def test_it_goes_on_with_another_key_of_the_same_scope(running: RunningCity, tmp_path: Path) -> None:
    goes_on_with_another_key(running, PYTHON, tmp_path)


def test_a_copy_stays_whole_while_it_begins_anew_after_a_restore(running: RunningCity, tmp_path: Path) -> None:
    client = loaded("simpul_sync", CLIENTS)
    client.PAGE = 7
    copy = client.Copy(str(tmp_path / "copy.db"), client.Api(running.api, running.key), {})
    copy.refresh()
    copy.db.execute("INSERT INTO items VALUES ('post', 'lost', 'a', 'b', 1, '{}')")
    ids, sizes = set(in_sqlite(tmp_path)), []
    take = copy._take
    copy._take = lambda *given: (take(*given), sizes.append(len(ids & set(in_sqlite(tmp_path)))))[0]
    command = [*cms_command(), "epoch", "renew", "--reason", "snapshot"]
    environment = environment_of(running.instance, **running.settings)
    subprocess.run(command, check=True, cwd=PROJECT_ROOT, env=environment, capture_output=True)
    copy.refresh()
    copy.db.close()

    assert set(sizes[:-1]) == {len(ids)}, "nothing is missing meanwhile"
    assert sizes[-1] == len(ids) - 1, "and what was restored away is not there at the end"
    assert differing(published(running, "/v1/posts", "/v1/documents"), in_sqlite(tmp_path)) == []


def test_a_reason_is_kept_for_visitors_and_goes_without_a_trace(running: RunningCity, tmp_path: Path) -> None:
    editor = running.sign_in("redaksi.dua@balikpapan.example")
    client = loaded("simpul_sync", CLIENTS)
    copy = client.Copy(str(tmp_path / "copy.db"), client.Api(running.api, running.key), {"agency": "dpu"})
    copy.refresh()
    item = next(
        item for item in in_sqlite(tmp_path).values() if item["type"] == "post" and item["category"] != "kebencanaan"
    )
    path = f"/manage/v1/posts/{item['id']}"
    endings: list[tuple[dict[str, str], Any]] = [
        ({"kind": "gone", "explanation": "Angkanya salah."}, ("Angkanya salah.", None)),
        ({"kind": "vanish"}, None),
    ]
    for ending, told in endings:
        assert running.send("POST", f"{path}/unpublish", editor, ending, "*").status == 200
        copy.refresh()
        assert copy.item("post", item["id"]) is None
        assert copy.why_gone("post", "dpu", item["slug"]) == told
        version = running.send("GET", path, editor).body["data"]["version"]
        assert running.send("POST", f"{path}/publish", editor, {"change_note": "Benar."}, version).status == 200
        copy.refresh()
        assert "Benar." in {each["note"] for each in copy.item("post", item["id"])["change_history"]}
        assert copy.why_gone("post", "dpu", item["slug"]) is None
    assert copy.refresh() == 0
    copy.db.close()


def test_other_filters_begin_anew_and_two_at_once_do_no_harm(running: RunningCity, tmp_path: Path) -> None:
    client = loaded("simpul_sync", CLIENTS)
    client.PAGE = 3
    file, api = str(tmp_path / "copy.db"), client.Api(running.api, running.key)
    first = client.Copy(file, api, {"type": "post"})
    first.refresh()
    pair = [client.Copy(file, client.Api(running.api, running.key), {"type": "document"}) for _ in range(2)]
    once = pair[0].api._once
    # The other one is faster between each question and its answer.
    pair[0].api._once = lambda request: (once(request), pair[1].refresh())[0]
    pair[0].refresh()
    for copy in (first, *pair):
        copy.db.close()
    assert differing(published(running, "/v1/documents"), in_sqlite(tmp_path)) == []


def test_it_finds_that_it_differs_without_a_download_and_repairs_itself(running: RunningCity, tmp_path: Path) -> None:
    client = loaded("simpul_sync", CLIENTS)
    copy = client.Copy(str(tmp_path / "copy.db"), client.Api(running.api, running.key), {"type": "post,agency"})
    assert copy.is_exact() is True
    for harm in (
        "DELETE FROM items WHERE type = 'post' AND id = (SELECT max(id) FROM items WHERE type = 'post')",
        "INSERT INTO items VALUES ('post', 'x', 'x', 'x', 1, '{}')",
        "UPDATE items SET digest = 'x' WHERE id = 'dpu'",
    ):
        copy.db.execute(harm)
        assert copy.is_exact() is False
        copy.begin_anew()
        assert copy.is_exact() is True
    copy.db.close()
