"""A city in which each text that somebody may not see has a word of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask

from cms.core.permissions import Role
from cms.editorial.comments.services import add_comment
from cms.editorial.items.services import update_item
from cms.posts.content import POST
from cms.publishing.models import Standing
from tests.delivery.carrying import edit, take_back
from tests.delivery.test_scheduled_reading import schedule
from tests.documents.uploads import send
from tests.factories import CENTRAL, NEWS, add_agencies, add_document, add_post, add_published_post, seen
from tests.people import Caller, People
from tests.search.searching import follow

Make = Callable[[str], str]


@dataclass
class City:
    """`words` by what they are in; `known` has what path parameters and `ids` can name."""

    words: dict[str, str] = field(default_factory=dict)
    known: dict[str, list[str]] = field(default_factory=dict)

    def word(self, what: str) -> str:
        """A word for this text, which is nowhere else."""
        return self.words.setdefault(what, f"kanari{len(self.words):02}x")

    def texts(self, what: str) -> dict[str, Any]:
        """A word for each text of an item."""
        return {
            "title": f"Kabar {self.word(what)}",
            "summary": f"Ringkasan {self.word(f'{what}: summary')}.",
            "tags": ["netral", self.word(f"{what}: tag")],
            "slug": f"netral-{len(self.words)}",
        }


def hidden_city(app: Flask, people: People) -> City:
    """Posts and documents of `dlh`, public and hidden, and public ones of `bpbd`."""
    city, central = City(), people.person(Role.CENTRAL_EDITOR)
    add_agencies(app, "dlh", "bpbd", site_url="https://situs.balikpapan.example")
    posts = _posts(app, city)
    documents, files = _documents(app, city, central)
    city.known = {
        "item_id": [*posts, *documents],
        "id": [*posts, *documents],
        "ids": [",".join([*posts, *documents])],
        "item": [posts[0]],
        "file_id": files,
        "address": [f"type=post&agency=dlh&slug=netral-{number}" for number in range(len(city.words))],
    }
    return city


def _posts(app: Flask, city: City) -> list[str]:
    def texts(what: str) -> dict[str, Any]:
        return {"agency": "dlh", **city.texts(what), "body": f"Isi **{city.word(f'{what}: body')}**."}

    draft = add_post(app, **texts("draft post"))
    later = schedule(app, add_post(app, **texts("draft post of tomorrow")), timedelta(hours=30))
    shown = add_published_post(app, **texts("open post"))
    with app.app_context():
        add_comment(POST, CENTRAL, draft.id, f"Mohon cek {city.word('draft: comment')}.", "/title")
        update_item(POST, CENTRAL, shown.id, texts("copy at work") | {"slug": shown.slug}, seen(shown))
    foreign = add_published_post(app, **{**texts("foreign post"), "agency": "bpbd"})
    before, gone, vanished = (
        add_published_post(app, **texts(f"{what} post")) for what in ("overwritten", "gone", "vanished")
    )
    # From here on the index of search lags behind.
    follow(app)
    edit(app, before, title="Kabar biasa", summary="Biasa.", body="Biasa.", tags=["netral"])
    take_back(app, gone, Standing.GONE, "Keliru.")
    take_back(app, vanished, Standing.VANISHED)
    return [each.id for each in (draft, later, shown, before, gone, vanished, foreign)]


def _documents(app: Flask, city: City, central: Caller) -> tuple[list[str], list[str]]:
    """Ids of documents and of their files; one of the files was taken out again."""
    documents, files = [], []
    for what, agency in (("draft", "dlh"), ("open", "dlh"), ("gone", "dlh"), ("foreign", "bpbd")):
        item = add_document(app, agency=agency, **city.texts(f"{what} document"))
        documents.append(item.id)
        files.append(_file(city, central, item.id, f"{what} file"))
        path = f"/manage/v1/documents/{item.id}"
        if what == "draft":
            continue
        if what == "open":
            taken_out = _file(city, central, item.id, "file that was taken out")
            _done(central, "POST", f"{path}/publish", {})
            _done(central, "DELETE", f"{path}/files/{taken_out}")
            files.append(taken_out)
            _done(central, "POST", f"{path}/publish", NEWS)
        else:
            _done(central, "POST", f"{path}/publish", {})
        if what == "gone":
            follow(app)
            _done(central, "POST", f"{path}/unpublish", {"kind": "gone", "explanation": "Keliru."})
    return documents, files


def _file(city: City, central: Caller, document: str, what: str) -> str:
    content = f"nama,jumlah\n{city.word(what)},3\n".encode()
    answer = send(central, document, content, f"{city.word(f'{what}: name')}.csv")
    assert answer.status_code == 201, answer.json
    return str(answer.json["data"]["id"])


def _done(central: Caller, verb: str, path: str, body: dict[str, Any] | None = None) -> None:
    document = "/".join(path.split("/")[:5])
    answer = central(verb, path, match=central.get(document).headers["ETag"], json=body)
    assert answer.status_code < 300, answer.json
