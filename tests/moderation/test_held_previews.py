"""A preview link opens nothing that waits for a second person: it is an address of the city, too."""

from __future__ import annotations

from typing import Any

from tests.moderation.test_breakers import act, made
from tests.people import Caller

SUSPICIOUS = "Lihat [di sini](https://tidak-dikenal.com/x)."


def link(caller: Caller, item: str, **values: Any) -> str:
    answer = caller.post(f"/manage/v1/posts/{item}/previews", values)
    assert answer.status_code == 201, answer.json
    return "/" + str(answer.json["data"]["url"]).split("/", 3)[3]


def opened(caller: Caller, path: str) -> tuple[int, str | None]:
    answer = caller.client.get(path)
    return answer.status_code, answer.json.get("code")


def test_the_link_of_a_held_text_is_closed_until_it_is_approved(editor: Caller, central: Caller) -> None:
    item = made(editor, body=SUSPICIOUS)
    path = link(editor, item, uses=2)

    assert opened(editor, path) == (403, "preview_closed")
    act(editor, item, "submit")
    assert opened(editor, path) == (403, "preview_closed")
    assert act(central, item, "approve").status_code == 200

    assert opened(editor, path) == (200, None)
    act(editor, item, "publish")
    assert opened(editor, path) == (200, None), "a refusal is no use"


def test_a_pinned_edition_is_looked_at_by_itself(editor: Caller) -> None:
    item = made(editor, body=SUSPICIOUS)
    address = f"/manage/v1/posts/{item}"
    editor("PATCH", address, match=editor.get(address).headers["ETag"], json={"body": "Lihat di kantor."})

    assert opened(editor, link(editor, item)) == (200, None)
    assert opened(editor, link(editor, item, edition=2)) == (200, None)
    assert opened(editor, link(editor, item, edition=1)) == (403, "preview_closed")


def test_the_page_of_a_held_text_is_closed_as_well(editor: Caller) -> None:
    path = link(editor, made(editor, body=SUSPICIOUS))

    answer = editor.client.get(path, headers={"Accept": "text/html", "Accept-Language": "id"})

    assert (answer.status_code, answer.mimetype) == (403, "text/html")
    assert "Pratinjau ditutup" in answer.text
    assert "tidak-dikenal" not in answer.text
