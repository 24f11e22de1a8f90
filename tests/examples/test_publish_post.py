"""`examples/publish_post.py` beside a real server: what editors see, and what a bad network and a second person do to it."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.examples.loading import EXAMPLES, loaded
from tests.examples.playing import forgetting, playing
from tests.examples.running_city import RunningCity
from tests.media.pictures import encoded, picture

AUTHOR, EDITOR = "penulis.dpu@balikpapan.example", "editor.dpu@balikpapan.example"
TEXT = "# Pompa baru di Jalan Contoh\n\nPompa **dipasang** hari Senin.\n\n{picture}\n"


@dataclass
class Desk:
    """A folder with a text and a picture, and the person who works there."""

    city: RunningCity
    folder: Path
    person: str

    def run(self, *words: str, api: str | None = None, password: str | None = None) -> subprocess.CompletedProcess[str]:
        """The example, as this person calls it."""
        command = [sys.executable, str(EXAMPLES / "publish_post.py"), "pompa.txt", "--email", self.person]
        command += ["--agency", "dpu", "--picture", "pompa.png", "--alt", "Pompa air di Jalan Contoh", *words]
        settings = {"SIMPUL_API": api or self.city.api, "SIMPUL_SESSION": str(self.folder / "session")}
        settings["SIMPUL_PASSWORD"] = self.city.password(self.person) if password is None else password
        return subprocess.run(
            command, check=False, cwd=self.folder, env={**os.environ, **settings}, capture_output=True, text=True
        )

    def write(self, text: str) -> None:
        """Another text."""
        (self.folder / "pompa.txt").write_text(text, encoding="utf-8")

    @property
    def note(self) -> Mapping[str, str]:
        """Which post it became."""
        kept: dict[str, str] = json.loads((self.folder / "pompa.txt.post").read_text())
        return kept

    def post(self) -> Any:
        """The post as editors see it."""
        return self.city.send("GET", f"/manage/v1/posts/{self.note['id']}", self.city.sign_in(EDITOR)).body["data"]


@pytest.fixture
def desk(running: RunningCity, tmp_path: Path) -> Desk:
    desk = Desk(running, tmp_path, EDITOR)
    desk.write(TEXT)
    (tmp_path / "pompa.png").write_bytes(encoded(picture(640, 480), "PNG"))
    return desk


def test_a_post_with_its_picture_is_published_and_its_address_leads_to_its_page(desk: Desk) -> None:
    done = desk.run("--publish")

    assert (done.returncode, done.stderr) == (0, "")
    state, address = done.stdout.split()
    shown = desk.city.send("GET", f"/v1/posts/{desk.note['id']}", desk.city.key).body["data"]
    assert (state, shown["title"]) == ("published", "Pompa baru di Jalan Contoh")
    assert shown["cover"]["alt"] == "Pompa air di Jalan Contoh"
    assert re.search(r'<img src="/v1/media/[^>]+ alt="Pompa air di Jalan Contoh"', shown["body_html"])
    assert "<strong>dipasang</strong>" in shown["body_html"]
    assert _location(address) == shown["canonical_url"]


def _location(address: str) -> str:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_arguments: Any) -> None:
            return None

    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.build_opener(Stay).open(urllib.request.Request(address, headers={"Accept": "text/html"}))
    raised.value.close()
    return str(raised.value.headers["Location"])


def test_who_may_not_publish_submits_and_a_text_that_was_changed_changes_the_same_post(desk: Desk) -> None:
    desk.person = AUTHOR
    first = desk.run()
    desk.write(TEXT.replace("Senin", "Selasa"))
    second = desk.run("--publish")

    assert first.stdout.split() == ["draft", desk.note["id"]]
    assert second.stdout.split() == ["in_review", desk.note["id"]]
    assert (desk.post()["edition"], desk.post()["version"]) == (2, desk.note["version"])
    again = desk.run()
    assert (again.returncode, again.stdout) == (1, "")
    assert "in_review" in again.stderr


def test_a_fault_is_told_with_its_place_in_indonesian_and_nothing_is_saved(desk: Desk) -> None:
    desk.write(TEXT + "\n[Peta](gopher:peta)\n")
    refused = desk.run()

    assert refused.returncode == 1
    assert "/body: Alamat gopher:peta" in refused.stderr
    assert not (desk.folder / "pompa.txt.post").exists()


def test_it_never_writes_over_what_somebody_else_has_saved(desk: Desk) -> None:
    desk.run()
    path, token = f"/manage/v1/posts/{desk.note['id']}", desk.city.sign_in("redaksi.satu@balikpapan.example")
    theirs = desk.city.send("PATCH", path, token, {"title": "Pompa lain"}, desk.note["version"]).body["data"]["version"]
    refused = desk.run("--publish")

    assert refused.returncode == 1
    assert f"--seen {theirs}" in refused.stderr
    assert "title: 'Pompa lain', Anda: 'Pompa baru di Jalan Contoh'" in refused.stderr
    assert "body" not in refused.stderr
    assert desk.post()["title"] == "Pompa lain"
    assert desk.run("--seen", theirs, "--publish").returncode == 0
    assert desk.post()["title"] == "Pompa baru di Jalan Contoh"


def test_answers_that_are_lost_make_no_second_post(desk: Desk) -> None:
    with forgetting(desk.city.api) as (network, lost):
        done = desk.run("--publish", api=network)

    assert done.returncode == 0
    assert len(lost) == 4, "picture, rehearsal, post, publication"
    assert (desk.post()["state"], desk.post()["edition"], desk.post()["version"]) == ("published", 1, "v2")


def test_a_run_that_died_before_it_heard_the_answer_finds_its_post(desk: Desk) -> None:
    desk.run()
    (desk.folder / "pompa.txt.post").write_text(json.dumps({"id": desk.note["id"]}))
    again = desk.run("--publish")

    assert again.stdout.startswith("published ")
    assert desk.post()["edition"] == 1


def test_a_password_is_needed_once_and_what_is_kept_is_for_its_owner_alone(desk: Desk) -> None:
    wrong = desk.run(password="salah")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert desk.run().returncode == 0
    assert "~/.simpul-session" in desk.run("--help").stdout
    before = json.loads((desk.folder / "session").read_text())["refresh_token"]
    assert desk.run(password="").returncode == 0

    assert json.loads((desk.folder / "session").read_text())["refresh_token"] != before
    assert stat.S_IMODE((desk.folder / "session").stat().st_mode) == 0o600
    (desk.folder / "session").write_text(json.dumps({"email": EDITOR, "refresh_token": "skr_over"}))
    assert desk.run().returncode == 0


def test_an_access_token_that_has_ended_is_renewed_in_the_middle(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMPUL_PASSWORD", desk.city.password(EDITOR))
    session = loaded("publish_post").Session(desk.city.api, EDITOR, desk.folder / "session")
    assert session.send("GET", "/manage/v1/me").status == 200
    session.access = session.access[:-4] + "AAAA"
    assert session.send("GET", "/manage/v1/me").body["data"]["email"] == EDITOR


def test_too_many_requests_and_no_answer_are_told_in_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with playing((429, {"Retry-After": "600"}, b'{"title": "Terlalu banyak"}')) as (address, asked):
        busy = desk.run(api=address)
    assert (busy.returncode, len(asked)) == (1, 1)
    assert busy.stderr == "Terlalu banyak.  Coba lagi setelah 600 detik.\n"

    example, slept = loaded("publish_post"), []
    monkeypatch.setattr(example.time, "sleep", slept.append)
    with playing(*[(502, {}, b"<html>")] * 6) as (address, asked):
        answer = example.Session(address, EDITOR, desk.folder / "other")._sign("login", {})
    assert example.told(answer).startswith("Server tidak menjawab.")
    assert slept == sorted(slept)
    assert (len(asked), len(slept)) == (6, 5)


def test_a_password_never_goes_through_a_network_in_the_clear_nor_to_another_server(desk: Desk) -> None:
    refused = desk.run(api="http://simpul.balikpapan.example")
    assert (refused.returncode, "https" in refused.stderr) == (1, True)
    with playing() as (elsewhere, asked), playing((307, {"Location": elsewhere}, b"{}")) as (address, _asked):
        assert desk.run(api=address).returncode == 1
    assert asked == []


def test_a_given_password_is_tried_although_there_is_a_session(desk: Desk) -> None:
    assert desk.run().returncode == 0
    kept = (desk.folder / "session").read_text()
    wrong = desk.run(password="salah")

    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert (desk.folder / "session").read_text() == kept
    desk.person = AUTHOR
    assert desk.run("--seen", desk.note["version"]).returncode == 0
    assert json.loads((desk.folder / "session").read_text())["email"] == AUTHOR


def test_signing_out_ends_the_session_and_removes_what_was_kept(desk: Desk) -> None:
    desk.run()
    kept = json.loads((desk.folder / "session").read_text())
    done = desk.run("--sign-out", password="")

    assert (done.returncode, done.stdout, done.stderr) == (0, "Anda sudah keluar.\n", "")
    assert not (desk.folder / "session").exists()
    refused = desk.city.send("POST", "/manage/v1/auth/refresh", "", {"refresh_token": kept["refresh_token"]})
    assert refused.status == 401
    assert desk.run("--sign-out").returncode == 0


def test_what_readers_had_needs_a_note_or_is_minor_in_the_words_of_the_options(desk: Desk) -> None:
    assert desk.run("--publish").returncode == 0
    desk.write(TEXT.replace("Senin", "Selasa"))
    refused = desk.run("--publish")

    assert refused.returncode == 1
    assert "--note" in refused.stderr
    assert "--minor" in refused.stderr
    assert "change_note" not in refused.stderr
    assert desk.run("--publish", "--minor").stdout.startswith("published ")
    desk.write(TEXT.replace("Senin", "Rabu"))
    assert desk.run("--publish", "--note", "Hari pemasangan berubah.").stdout.startswith("published ")
