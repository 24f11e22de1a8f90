"""`examples/offline_copy.py` beside a real server: killed while people write, with a server that fails, and without one."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.examples.loading import EXAMPLES, loaded
from tests.examples.playing import playing
from tests.examples.running_city import RunningCity
from tests.examples.writers import Writers

LISTS = ("/v1/posts?channel=kota", "/v1/posts?channel=dishub", "/v1/posts", "/v1/documents")
# Pages of three, so that a kill is in the middle of many.
SMALL_PAGES = "import sys, offline_copy as example; example.PAGE = 3; sys.exit(example.main())"
KILLS = 40
SECONDS_TO_FOLLOW = 120.0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_in_the_middle_it_ends_with_exactly_what_is_published(running: RunningCity, tmp_path: Path) -> None:
    writers, stop = Writers(running), threading.Event()
    thread = threading.Thread(target=writers, args=(stop,))
    dice, killed, cut_off, began = random.Random(7), 0, 0, time.monotonic()
    assert _started(running, tmp_path / "measured.db").communicate()[1] == ""
    first_copy = time.monotonic() - began
    thread.start()
    try:
        while thread.is_alive() and (killed < KILLS or len(writers.done) < len(set(writers.kinds))):
            process = _started(running, tmp_path / "copy.db")
            try:
                process.wait(first_copy * dice.uniform(0.05, 0.6))
            except subprocess.TimeoutExpired:
                cut_off += 1
            process.kill()
            process.communicate()
            killed += 1
    finally:
        stop.set()
        thread.join()

    assert cut_off > KILLS / 4
    assert _difference_in_time(running, tmp_path / "copy.db") == {}
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy.close()


def _started(city: RunningCity, copy: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SMALL_PAGES, str(copy), *LISTS],
        cwd=EXAMPLES,
        env={**os.environ, "SIMPUL_API": city.api, "SIMPUL_KEY": city.key, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _difference_in_time(city: RunningCity, copy: Path) -> dict[str, Any]:
    """What still differs after some rounds: the worker and the schedules of the last seconds come by meanwhile."""
    deadline = time.monotonic() + SECONDS_TO_FOLLOW
    differing: dict[str, Any] = {"": None}
    while differing and time.monotonic() < deadline:
        process = _started(city, copy)
        _told, complaints = process.communicate()
        assert (process.returncode, complaints) == (0, "")
        differing = {path: found for path in LISTS if (found := _difference(city, copy, path))}
    return differing


def _difference(city: RunningCity, copy: Path, path: str) -> list[Any]:
    fields = loaded("offline_copy").FIELDS[path.partition("?")[0]]
    mark = "&" if "?" in path else "?"
    shown = {item["id"]: item for item in city.listed(f"{path}{mark}limit=100&fields={fields}")}
    database = sqlite3.connect(copy)
    rows = database.execute("SELECT id, shown FROM items WHERE list = ?", [path]).fetchall()
    database.close()
    kept = {item_id: json.loads(text) for item_id, text in rows}
    return [item_id for item_id in shown.keys() | kept.keys() if shown.get(item_id) != kept.get(item_id)]


def test_it_says_why_something_is_not_there_any_more(running: RunningCity, tmp_path: Path) -> None:
    editor = running.sign_in("redaksi.dua@balikpapan.example")
    example = loaded("offline_copy")
    copy = example.Copy(str(tmp_path / "copy.db"), example.Api(running.api, running.key), ["/v1/posts?agency=bpbd"])
    copy.refresh()
    item = copy.newest(1)[0]
    path = f"/manage/v1/posts/{item['id']}"
    version = running.send("GET", path, editor).body["data"]["version"]
    running.send("POST", f"{path}/unpublish", editor, {"kind": "gone", "explanation": "Angkanya salah."}, version)
    copy.refresh()

    assert item["id"] not in {each["id"] for each in copy.newest(100)}
    assert copy.why_gone("post", item["id"]) == "Angkanya salah."
    assert copy.why_gone("post", "019ac1a0-7c00-7000-8000-000000000001") == "Tidak tersedia."
    other = next(iter(running.listed("/v1/posts?agency=dpu&limit=1")))
    assert copy.why_gone("post", other["id"]) is None
    copy.db.close()


def test_a_round_with_nothing_new_moves_no_content(running: RunningCity, tmp_path: Path) -> None:
    example = loaded("offline_copy")
    api = example.Api(running.api, running.key)
    copy = example.Copy(str(tmp_path / "copy.db"), api, ["/v1/posts?agency=dkk", "/v1/documents?agency=dkk"])
    once, statuses = api._once, []

    def noted(request: Any) -> Any:
        answer = once(request)
        statuses.append(answer[0])
        return answer

    api._once = noted
    copy.refresh()
    copy.refresh()
    statuses.clear()
    copy.refresh()
    copy.db.close()
    assert statuses[0] == 200, "its rights"
    assert set(statuses[1:]) == {304}
    assert len(statuses) >= 5


GOOD = (200, {}, b'{"data": []}')
WORSE = {
    "busy": ((503, {"Retry-After": "7"}, b"{}"), 7.0),
    "too many": ((429, {"Retry-After": "30"}, b"{}"), 30.0),
    "a proxy's page": ((200, {}, b"<html>Bad gateway</html>"), 1.0),
    "cut off": ((200, {"Content-Length": "99"}, b'{"data"'), 1.0),
    "packed, and not": ((200, {"Content-Encoding": "gzip"}, b"{}"), 1.0),
    "asked to wait a year": ((503, {"Retry-After": "31536000"}, b"{}"), 120.0),
}


@pytest.mark.parametrize("name", WORSE)
def test_it_waits_as_it_is_asked_and_goes_on(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    example, slept = loaded("offline_copy"), []
    monkeypatch.setattr(example.time, "sleep", slept.append)
    answer, seconds = WORSE[name]
    with playing(answer, GOOD) as (address, asked):
        assert example.Api(address, "smp_x").get("/v1/posts")[2] == {"data": []}
    assert len(asked) == 2
    assert seconds <= slept[0] <= 1.5 * seconds


def test_it_waits_longer_each_time_and_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    example, slept = loaded("offline_copy"), []
    monkeypatch.setattr(example.time, "sleep", slept.append)
    with playing(*[(500, {}, b"{}")] * 6) as (address, asked), pytest.raises(example.NoAnswer):
        example.Api(address, "smp_x").get("/v1/posts")
    assert len(asked) == 6
    assert slept == sorted(slept)
    assert all(2**number <= seconds <= 1.5 * 2**number for number, seconds in enumerate(slept))


def test_it_never_repeats_what_is_refused_and_never_follows_with_its_key() -> None:
    example = loaded("offline_copy")
    with playing(GOOD) as (elsewhere, asked_elsewhere):
        play = [(401, {}, b'{"detail": "No."}'), (302, {"Location": f"{elsewhere}/v1/posts"}, b"{}")]
        with playing(*play) as (address, asked):
            for _ in play:
                with pytest.raises(example.Refused):
                    example.Api(address, "smp_x").get("/v1/posts")
    assert (len(asked), asked_elsewhere) == (2, [])


def test_what_it_has_stays_when_nobody_answers_and_a_wrong_key_is_told(running: RunningCity, tmp_path: Path) -> None:
    command = [sys.executable, str(EXAMPLES / "offline_copy.py"), str(tmp_path / "copy.db"), "/v1/documents"]
    settings = {**os.environ, "SIMPUL_API": running.api, "SIMPUL_KEY": running.key}

    def run(**more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, check=False, capture_output=True, text=True, env={**settings, **more})

    first, refused, again = run(), run(SIMPUL_KEY=f"{running.key[:-1]}?"), run()
    assert (first.returncode, first.stderr) == (0, "")
    assert len(first.stdout.splitlines()) == 10
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("/v1/whoami: 401 ")
    assert again.stdout == first.stdout
