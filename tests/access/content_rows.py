"""Rows of the access matrix that every content type has."""

from __future__ import annotations

from tests.access import requests as ask
from tests.access.requests import MANAGE, content, get, send
from tests.access.rows import Row, person_row
from tests.access.world import Ask, Sent, World


def content_rows(kind: str) -> list[Row]:
    rule, one = f"/{kind}s", f"/{kind}s/<item_id>"
    return [
        #                                                                            stranger author editor elsewhere central auditor admin
        person_row("GET", rule, get(MANAGE + rule), "403 200 200 200 200 200 403"),
        person_row("POST", rule, send(MANAGE + rule, content(kind)), "403 201 201 403 201 403 403"),
        person_row("PUT", one, ask.put(kind), "403 201 201 403 201 403 403"),
        person_row("GET", one, ask.item(kind), "403 200 200 404 200 200 403"),
        person_row("PATCH", one, ask.item(kind, body={"title": "Lain"}), "403 200 200 404 200 403 403"),
        person_row("DELETE", one, ask.item(kind), "403 204 204 404 204 403 403"),
        person_row("POST", f"{one}/submit", ask.item(kind, "/submit", body={}), "403 200 200 404 200 403 403"),
        person_row(
            "POST",
            f"{one}/return",
            ask.item(kind, "/return", "in_review", {"comment": "Mohon diperbaiki."}),
            "403 403 200 404 200 403 403",
        ),
        person_row("POST", f"{one}/publish", ask.item(kind, "/publish", body={}), "403 403 200 404 200 403 403"),
        person_row(
            "POST",
            f"{one}/unpublish",
            ask.item(kind, "/unpublish", "published", {"kind": "gone", "explanation": "Ditarik."}),
            "403 403 200 404 200 403 403",
        ),
    ]


def time_rows(kind: str) -> list[Row]:
    path, editors = f"/{kind}s/<item_id>/schedule", "403 403 200 404 200 403 403"
    scheduled = {"publish_at": "2026-12-01T08:00:00"}
    return [
        person_row("POST", path, ask.item(kind, "/schedule", body=scheduled), editors),
        person_row("DELETE", path, ask.item(kind, "/schedule", "scheduled"), editors),
    ]


def release_rows() -> list[Row]:
    one, editors = "/releases/<release_id>", "403 403 200 404 200 403 403"
    return [
        person_row("GET", "/releases", get(f"{MANAGE}/releases"), "403 200 200 200 200 200 403"),
        person_row("POST", "/releases", ask.new_release, "403 403 201 422 201 403 403"),
        person_row("GET", one, ask.release(), "403 200 200 404 200 200 403"),
        person_row("PATCH", one, ask.release(body={"title": "Lain"}), editors),
        person_row("DELETE", one, ask.release(), "403 403 204 404 204 403 403"),
        person_row("POST", f"{one}/publish", ask.release("/publish", {}), editors),
    ]


def review_rows(kind: str) -> list[Row]:
    one, editors, writers = f"/{kind}s/<item_id>", "403 403 200 404 200 403 403", "403 200 200 404 200 403 403"
    steps = (
        ("approve", "in_review", editors),
        ("discard", "changed", writers),
        ("archive", "draft", writers),
        ("trash", "draft", writers),
        ("restore", "trashed", writers),
    )
    said = {"body": "Mohon cek.", "pointer": "/title"}
    return [
        *(
            person_row("POST", f"{one}/{verb}", ask.item(kind, f"/{verb}", state, {}), expected)
            for verb, state, expected in steps
        ),
        person_row("GET", f"{one}/personal-data", ask.item(kind, "/personal-data"), "403 200 200 404 200 200 403"),
        person_row("POST", f"{one}/personal-data/confirm", confirmation(kind), editors),
        person_row("GET", f"{one}/comments", ask.item(kind, "/comments"), "403 200 200 404 200 200 403"),
        person_row("POST", f"{one}/comments", ask.item(kind, "/comments", body=said), writers.replace("200", "201")),
        *(
            person_row("POST", f"{one}/comments/<comment_id>/{step}", ask.comment(kind, step, state), writers)
            for step, state in (("resolve", "open"), ("reopen", "resolved"))
        ),
    ]


def repost_rows() -> list[Row]:
    rule = "/posts/<item_id>/reposts"
    mine = ask.item("post", "/reposts", "published", {"agency": "dishub"})
    return [
        #                                                                            stranger author editor elsewhere central auditor admin
        person_row("GET", rule, ask.item("post", "/reposts", "reposted"), "403 200 200 200 200 200 403"),
        person_row("POST", rule, mine, "403 403 403 201 201 403 403"),
        person_row(
            "DELETE", f"{rule}/<agency>", ask.item("post", "/reposts/dishub", "reposted"), "403 403 403 204 204 403 403"
        ),
        person_row("GET", "/posts/<item_id>/social", ask.item("post", "/social"), "403 200 200 404 200 200 403"),
    ]


def confirmation(kind: str) -> Ask:
    """Confirm what was found in a draft."""

    def ask(world: World, _who: str) -> Sent:
        item_id, version, findings = world.item_with_personal_data(kind)
        said = {"reason": "Nomor contoh, bukan milik siapa pun.", "findings": findings}
        return Sent(f"{MANAGE}/{kind}s/{item_id}/personal-data/confirm", version, {"json": said})

    return ask
