"""What every client of `/v1/sync` must tell its readers of: what vanishes, merges, is carried no more; and keys that take each other's place."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.clients.journeys import ALL, Client
from tests.examples.running_city import RunningCity

YESTERDAY = 86_400 * 2
"""Seconds: also where the day of the city is another one than here."""


@dataclass(frozen=True)
class Editor:
    """Who changes things on the running city."""

    city: RunningCity
    writer: str
    admin: str

    @classmethod
    def of(cls, city: RunningCity) -> Editor:
        """Signed in, as who writes and who administers."""
        return cls(city, *(city.sign_in(f"{name}@balikpapan.example") for name in ("redaksi.satu", "admin")))

    def published(self, agency: str, title: str) -> str:
        """A new post; its id."""
        content = {"agency": agency, "kind": "berita", "title": title, "body": "Isi."}
        made = self.done("POST", "posts", content)["data"]
        self.done("POST", f"posts/{made['id']}/publish", {}, made["version"])
        return str(made["id"])

    def taken_back(self, item_id: str, kind: str, **told: str) -> None:
        """End it in this way."""
        self.done("POST", f"posts/{item_id}/unpublish", {"kind": kind, **told}, "*")

    def done(self, method: str, path: str, body: Any = None, version: str | None = None) -> Any:
        """The answer to a request that is carried out."""
        token = self.writer if path.startswith("posts") else self.admin
        answer = self.city.send(method, f"/manage/v1/{path}", token, body, version)
        assert answer.status < 300, (path, answer)
        return answer.body


def forgets_what_vanished(city: RunningCity, client: Client, folder: Path) -> None:
    """A reason is kept for visitors; what vanishes leaves neither item nor reason, also where a reason was."""
    editor = Editor.of(city)
    first, second = (editor.published("dpu", title) for title in ("Batal", "Lenyap"))
    client.runs(city, folder)
    assert {first, second} <= client.kept(folder).keys()
    editor.taken_back(first, "gone", explanation="Acara batal.")
    editor.taken_back(second, "vanish")
    client.runs(city, folder)
    assert client.kept(folder).keys().isdisjoint({first, second})
    assert client.about(folder).reasons & {first, second} == {first}
    editor.taken_back(first, "vanish")
    client.runs(city, folder)
    assert client.about(folder).reasons.isdisjoint({first, second})
    assert client.differs(city, folder, ALL) == []


def follows_a_merger(city: RunningCity, client: Client, folder: Path, slug: str) -> None:
    """What belongs to an agency that is merged into another one comes into the copy of the other one, and leaves it when that is undone."""
    editor, filters = Editor.of(city), ("type=post", "agency=dishub")
    made = editor.done("POST", "agencies", {"slug": slug, "name": f"Dinas {slug}", "short_name": slug, "kind": "dinas"})
    item = editor.published(slug, "Sebelum digabung")
    client.runs(city, folder, filters)
    assert item not in client.kept(folder)

    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - YESTERDAY))
    merged = {"valid_to": day, "successor": "dishub"}
    version = editor.done("PATCH", f"agencies/{slug}", merged, made["data"]["version"])["data"]["version"]
    assert client.differs(city, folder, (filters, ("/v1/posts?agency=dishub",))) == []
    assert item in client.kept(folder)
    editor.done("PATCH", f"agencies/{slug}", {"valid_to": None, "successor": None}, version)
    assert client.differs(city, folder, (filters, ("/v1/posts?agency=dishub",))) == []
    assert item not in client.kept(folder)
    assert client.about(folder).generation == 1, "it had to begin anew"


def follows_a_repost_to_its_end(city: RunningCity, client: Client, folder: Path) -> None:
    """What a channel carries is in its copy as a repost, and leaves it when the channel does not carry it any more."""
    editor, what = Editor.of(city), (("type=post", "channel=dishub"), ("/v1/posts?channel=dishub",))
    item = editor.published("dpu", "Dikutip")
    client.runs(city, folder, what[0])
    assert item not in client.kept(folder)
    editor.done("POST", f"posts/{item}/reposts", {"agency": "dishub", "comment": "Bacalah."})
    assert client.differs(city, folder, what) == []
    carried = client.kept(folder)[item]
    assert (carried["relation"], carried["repost"]["agency"]["slug"]) == ("repost", "dishub")
    editor.done("DELETE", f"posts/{item}/reposts/dishub")
    assert client.differs(city, folder, what) == []
    assert item not in client.kept(folder)
    assert item not in client.about(folder).reasons, "it is still published elsewhere"


def goes_on_with_another_key(city: RunningCity, client: Client, folder: Path) -> None:
    """A key that takes another one's place, of the same scope, goes on where that was."""
    editor = Editor.of(city)
    client.runs(city, folder)
    item = editor.published("dpu", "Kunci baru")
    consumer = editor.done("GET", "consumers?limit=1")["data"][0]["id"]
    made = editor.done("POST", f"consumers/{consumer}/keys", {"label": "Pengganti", "agencies": None})["data"]["key"]
    rotated = replace(city, secrets={**city.secrets, "keys": {"website": made}})
    client.runs(rotated, folder)
    assert item in client.kept(folder)
    assert client.about(folder).generation == 1, "it had to begin anew"
    assert client.differs(rotated, folder, ALL) == []
