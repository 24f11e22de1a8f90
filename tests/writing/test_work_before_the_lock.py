"""Nothing that takes long is computed while others wait: Markdown, sanitiser, moderation, passwords come before the write lock.

Every service is looked at in tests/test_services.py; here every route that writes, what people say with a write, batches, and the
follower that renders again.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cms.core.ids import new_id
from cms.editorial.followers import rebuild_again
from cms.worker import worker_tasks
from tests.access import requests as ask
from tests.access.requests import MANAGE
from tests.access.test_access_matrix import ROWS
from tests.access.world import Sent, World
from tests.factories import post_content
from tests.writing.lock_watch import HEAVY, computed_under_the_lock
from tests.writing.test_rehearsals import WRITES, first_allowed

PREVIEWS = [row for row in ROWS if row.rule.startswith("/preview/")]
# Whoever ends his session or changes his password is nobody any more.
LOOKED_AT = [row for row in (*WRITES, *PREVIEWS) if "/me/" not in row.rule]
LINK = "https://mitra-jaya.com/jalan"
BODY = f"Jalan ditutup, lihat [rincian]({LINK}) atau tulis ke redaksi@balikpapan.go.id."
Asked = tuple[str, Callable[[World, str], Sent]]


def item(kind: str, path: str, state: str, body: dict[str, Any]) -> Asked:
    return "POST", ask.item(kind, path, state, body)


def blocked_since(world: World, who: str) -> Sent:
    """A draft whose links are looked at once more, because a domain was blocked after it was saved."""
    sent = ask.item("post", "/publish", body={"change_note": "Jadwal baru."})(world, who)
    answer = world.callers["central"]("PUT", f"{MANAGE}/link-domains/slot88.com", json={"verdict": "blocked"})
    assert answer.status_code == 200
    return sent


def table(world: World, who: str) -> Sent:
    """A file with words, for a document that has one already."""
    document, _file, _version = world.document_with_file()
    content = f"nama,alamat\nDinas,{LINK}\n".encode()
    return Sent(
        f"{MANAGE}/documents/{document}/files",
        arguments={"data": {"file": (BytesIO(content), "daftar.csv"), "label": "Daftar mitra", "position": 1}},
    )


def unsafe(world: World, _who: str) -> Sent:
    """A body that is refused was looked at too."""
    return Sent(f"{MANAGE}/posts", arguments={"json": post_content(body="Klik [ini](javascript:alert(1)) sekarang.")})


TALKATIVE: dict[str, Asked] = {
    "create": ("POST", lambda _world, _who: Sent(f"{MANAGE}/posts", arguments={"json": post_content(body=BODY)})),
    "create, refused": ("POST", unsafe),
    "change": ("PATCH", ask.item("post", state="changed", body={"body": BODY})),
    "publish": ("POST", blocked_since),
    "publish again": item("post", "/publish", "changed", {"change_note": "Jadwal baru.", "update": "major"}),
    "schedule": item("post", "/schedule", "changed", {"publish_at": "2026-12-01T08:00:00", "change_note": "Baru."}),
    "schedule an end": item(
        "post", "/schedule", "draft",
        {"publish_at": "2026-12-01T08:00:00", "unpublish_at": "2026-12-02T08:00:00", "explanation": "Selesai."},
    ),
    "withdraw": item("post", "/unpublish", "published", {"kind": "withdrawn", "explanation": "Keliru."}),
    "redirect": item("document", "/unpublish", "published", {"kind": "redirect", "to": "/berita?dari=lama"}),
    "repost": item("post", "/reposts", "published", {"agency": "dishub", "comment": "Simak.", "place": "beranda"}),
    "restore an edition": item("post", "/restore", "changed", {"edition": 1}),
    "restore an edition that was never published": item("post", "/restore", "draft", {"edition": 1}),
    "release": ("POST", ask.release("/publish", {"change_note": "Jadwal baru."})),
    "add a table": ("POST", table),
    "describe an agency": ("PATCH", ask.agency({"description": "Jalan dan jembatan.", "site_url": LINK, "contact": {"phone": "0542"}})),
    "describe a category": ("PATCH", ask.category({"description": "Jalan, jembatan dan saluran."})),
    "describe an image, refused": ("PATCH", ask.image(body={"alt": "Jalan", "caption": f"Foto: {LINK}", "credit": "Humas"})),
}  # fmt: skip


def test_the_watch_knows_what_is_heavy() -> None:
    assert {"sanitized_body", "plain_text", "gambling_words", "html_from_markdown"} <= {code.co_name for code in HEAVY}


def test_no_route_computes_on_texts_while_others_wait(app: Flask, client: FlaskClient) -> None:
    world = World(app, client)
    found = {}
    for row in LOOKED_AT:
        who, status = first_allowed(row)
        sent = row.ask(world, who)
        with computed_under_the_lock() as computed:
            answer = world.send(who, row.verb, sent)
        assert answer.status_code == status, f"{row.name}: {answer.text}"
        found[row.name] = computed

    assert len(found) > 60
    assert {name: computed for name, computed in found.items() if computed} == {}


@pytest.mark.parametrize("rehearsed", [False, True], ids=["done", "rehearsed"])
@pytest.mark.parametrize("name", TALKATIVE)
def test_what_people_say_with_a_write_is_looked_at_before_it(
    app: Flask, client: FlaskClient, name: str, *, rehearsed: bool
) -> None:
    world = World(app, client)
    verb, asked = TALKATIVE[name]
    who = "admin" if "agency" in name else "central"
    sent = asked(world, who)
    if rehearsed:
        sent = Sent(f"{sent.path}?dry_run=true", sent.match, sent.arguments)

    with computed_under_the_lock() as computed:
        answer = world.send(who, verb, sent)

    assert answer.status_code in ({422} if "refused" in name or name == "describe an image" else {200, 201}), (
        answer.json
    )
    assert computed == []


def test_a_batch_looks_at_everything_before_its_first_write(app: Flask, client: FlaskClient) -> None:
    world = World(app, client)
    central = world.callers["central"]
    changed, published, draft = (world.item("post", state) for state in ("changed", "published", "draft"))
    scheduled = {"publish_at": "2026-12-01T08:00:00", "change_note": "Baru."}
    new = f"{MANAGE}/posts/{new_id()}"

    def post(post: Any, step: str, body: dict[str, Any]) -> dict[str, Any]:
        path = f"{MANAGE}/posts/{post.id}/{step}"
        return {"method": "POST", "path": path, "body": body, "if_match": f'"v{post.version}"'}

    operations = [
        {"method": "PUT", "path": new, "body": post_content(body=BODY)},
        {"method": "POST", "path": f"{new}/publish", "body": {"change_note": "Baru."}, "if_match": '"v1"'},
        post(changed, "restore", {"edition": 1}),
        post(published, "unpublish", {"kind": "withdrawn", "explanation": "Keliru."}),
        post(draft, "schedule", scheduled),
        {
            "method": "PATCH",
            "path": f"{MANAGE}/categories/{world.category()}",
            "body": {"description": "Jalan."},
            "if_match": '"v1"',
        },
        {
            "method": "PATCH",
            "path": f"{MANAGE}/offices/{world.office()}",
            "body": {"address": "Jalan Contoh 1"},
            "if_match": '"v1"',
        },
        {"method": "POST", "path": f"{MANAGE}/posts", "body": post_content(body="[ini](javascript:x)")},
        {"method": "POST", "path": f"{MANAGE}/belum-ada", "body": {}},
    ]
    with computed_under_the_lock() as computed:
        answer = central.post(f"{MANAGE}/batch", json={"atomic": False, "operations": operations})

    assert answer.json is not None
    statuses = [each["status"] for each in answer.json["data"]["results"]]
    assert statuses == [201, 409, 200, 200, 200, 200, 200, 422, 404], answer.json
    assert computed == []


def test_rendering_again_computes_before_it_locks(app: Flask, client: FlaskClient) -> None:
    world = World(app, client)
    world.item("post", "published"), world.item("document", "changed"), world.item("post", "scheduled")
    admin = world.callers["admin"]
    assert admin("PATCH", f"{MANAGE}/agencies/dpu", match=1, json={"name": "Dinas Jalan"}).status_code == 200
    presenter = next(task for task in worker_tasks(1.0) if task.name == "presenter")

    with app.app_context(), computed_under_the_lock() as computed:
        while presenter.run():
            pass
        rebuild_again()

    found = world.callers["website"].get("/v1/posts").json
    assert found is not None
    assert {each["agency"]["name"] for each in found["data"]} == {"Dinas Jalan"}
    assert computed == []


def test_a_rollback_computes_before_it_locks(app: Flask, client: FlaskClient) -> None:
    """Each item in a transaction of its own: what a colleague had written comes back, published and as a draft."""
    world = World(app, client)
    editor, central = world.callers["editor"], world.callers["central"]
    published, draft = world.item("post", "published"), world.item("document")
    for kind, made in (("post", published), ("document", draft)):
        path = f"{MANAGE}/{kind}s/{made.id}"
        answer = editor("PATCH", path, match=made.version, json={"body": f"{BODY} Lagi."})
        assert answer.status_code == 200, answer.json
        if kind == "post":
            assert editor.post(f"{path}/publish", {}, match=answer.headers["ETag"]).status_code in {200, 409}
    order = {"actor": editor.actor.id, "since": "2026-11-24T00:00:00Z", "reason": "Akun dibajak."}

    with computed_under_the_lock() as computed:
        done = central.post(f"{MANAGE}/rollback", order)

    assert done.status_code == 200, done.json
    assert done.json is not None
    assert sum(done.json["data"]["done"].values()) == 2, done.json
    assert computed == []
