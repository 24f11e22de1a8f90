"""People who change things of every kind on a running server, until they are stopped."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

from tests.examples.running_city import RunningCity


class Writers:
    """Central editor and administrator, who change things of every kind until they are stopped."""

    def __init__(self, city: RunningCity) -> None:
        self.city = city
        self.editor = city.sign_in("redaksi.satu@balikpapan.example")
        self.admin = city.sign_in("admin@balikpapan.example")
        self.dice = random.Random(7)
        self.done: dict[str, int] = {}
        self.number = 0
        posts = list(city.listed("/v1/posts?limit=100&fields=id"))
        self.posts = [post["id"] for post in posts]
        self.kinds: list[Callable[[], int]] = [
            self.publish_new, self.edit, self.edit, self.take_back, self.carry, self.end_carrying,
            self.rename_agency, self.rename_category, self.change_words, self.schedule,
        ]  # fmt: skip

    def __call__(self, stop: threading.Event) -> None:
        while not stop.is_set():
            act = self.dice.choice(self.kinds)
            status = act()
            # 409 and 422: it is not published any more, or carried already.
            assert status < 300 or status in {404, 409, 422}, (act.__name__, status)
            if status < 300:
                self.done[act.__name__] = self.done.get(act.__name__, 0) + 1

    def _text(self) -> str:
        self.number += 1
        return f"Kabar {self.number}"

    def _post(self) -> tuple[str, str]:
        path = f"/manage/v1/posts/{self.dice.choice(self.posts)}"
        return path, self.city.send("GET", path, self.editor).body["data"]["version"]

    def publish_new(self) -> int:
        content = {
            "agency": self.dice.choice(["dpu", "dishub"]),
            "kind": "berita",
            "title": self._text(),
            "body": "Isi.",
        }
        if self.dice.random() < 0.4:
            content["channel"] = "kota"
        made = self.city.send("POST", "/manage/v1/posts", self.editor, content).body["data"]
        self.posts.append(made["id"])
        return self.city.send("POST", f"/manage/v1/posts/{made['id']}/publish", self.editor, {}, made["version"]).status

    def edit(self) -> int:
        path, version = self._post()
        saved = self.city.send("PATCH", path, self.editor, {"title": self._text()}, version)
        if saved.status != 200:
            return saved.status
        note = {"change_note": "Diperbarui."}
        return self.city.send("POST", f"{path}/publish", self.editor, note, saved.body["data"]["version"]).status

    def take_back(self) -> int:
        path, version = self._post()
        kind = self.dice.choice(["gone", "redirect", "withdrawn", "vanish"])
        told = {} if kind == "vanish" else {"explanation": "Jadwal berubah."}
        told |= {"to": self.dice.choice(self.posts)} if kind == "redirect" else {}
        return self.city.send("POST", f"{path}/unpublish", self.editor, {"kind": kind, **told}, version).status

    def carry(self) -> int:
        body = {"agency": self.dice.choice(["dishub", "kota"]), "comment": self._text()}
        return self.city.send(
            "POST", f"/manage/v1/posts/{self.dice.choice(self.posts)}/reposts", self.editor, body
        ).status

    def end_carrying(self) -> int:
        carried = [
            post["id"] for post in self.city.listed("/v1/posts?channel=dishub&relation=repost&limit=100&fields=id")
        ]
        if not carried:
            return 404
        return self.city.send(
            "DELETE", f"/manage/v1/posts/{self.dice.choice(carried)}/reposts/dishub", self.editor
        ).status

    def rename_agency(self) -> int:
        return self._change(f"/manage/v1/agencies/{self.dice.choice(['dpu', 'dishub'])}", self.admin, "name")

    def rename_category(self) -> int:
        return self._change("/manage/v1/categories/infrastruktur", self.editor, "name_id")

    def change_words(self) -> int:
        images = self.city.send("GET", "/manage/v1/media?limit=20", self.editor).body["data"]
        return self._change(f"/manage/v1/media/{self.dice.choice(images)['id']}", self.editor, "caption")

    def schedule(self) -> int:
        path, version = self._post()
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
        return self.city.send("POST", f"{path}/schedule", self.editor, {"unpublish_at": moment}, version).status

    def _change(self, path: str, token: str, name: str) -> int:
        version = self.city.send("GET", path, token).body["data"]["version"]
        return self.city.send("PATCH", path, token, {name: self._text()}, version).status
