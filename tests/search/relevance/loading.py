"""Publishes the corpus in bulk, on the way that publishing itself takes: render, publish, log; files are uploaded and read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Flask
from sqlalchemy import select

from cms.agencies.models import Agency
from cms.agencies.presenter import render_reference
from cms.changes.log import record
from cms.core.db import session, unit_of_work
from cms.core.html_text import plain_text
from cms.core.ids import new_id
from cms.core.permissions import Role, system_actor
from cms.core.sanitize import sanitized_html
from cms.documents.content import DOCUMENT
from cms.editorial.content_types import EditionToRender
from cms.file_texts.tasks import read_waiting
from cms.posts.content import POST
from cms.publishing.publish import publish
from tests.documents.uploads import send
from tests.factories import add_agencies, add_document
from tests.people import People
from tests.search.relevance.corpus import Text

SYSTEM = system_actor("corpus")


def load(app: Flask, people: People, corpus: Sequence[Text]) -> dict[str, str]:
    """Publish these texts; returns their keys by the ids of the items. Opens its own context."""
    add_agencies(app, *{text.content["agency"] for text in corpus})
    with app.app_context():
        keys = _published([text for text in corpus if text.file_text is None])
    for text in corpus:
        if text.file_text is not None:
            keys[_with_file(app, people, text)] = text.key
    with app.app_context():
        while read_waiting():
            pass
    return keys


def _published(corpus: Sequence[Text]) -> dict[str, str]:
    """Publish texts without files in one transaction."""
    keys = {new_id(): text for text in corpus}
    with unit_of_work() as unit:
        owners = {each.slug: render_reference(each) for each in session.scalars(select(Agency))}
        for item_id, text in keys.items():
            kind, agency = POST if text.is_post else DOCUMENT, text.content["agency"]
            change = record(unit, kind.action("published"), item_id, SYSTEM, agency=agency, edition=1)
            publish(unit, kind.render(_edition(item_id, text, owners[agency])), change)
    return {item_id: text.key for item_id, text in keys.items()}


def _edition(item_id: str, text: Text, owner: dict[str, str]) -> EditionToRender:
    kind = POST if text.is_post else DOCUMENT
    slug = text.key.replace("/", "-")
    body_html = sanitized_html(text.content.get("body", ""), "markdown")
    return EditionToRender(
        item_id=item_id,
        edition=1,
        content={**kind.completed(text.content), "slug": slug},
        body_html=body_html,
        body_text=plain_text(body_html),
        agency=owner,
        published_at=text.published_at,
        updated_at=text.published_at,
        canonical_url=f"https://{owner['slug']}.balikpapan.example/{slug}",
    )


def _with_file(app: Flask, people: People, text: Text) -> str:
    """Publish a document over HTTP, with its file; returns its id."""
    editor = people.person(Role.CENTRAL_EDITOR)
    document_id = add_document(app, **text.content).id
    _checked(send(editor, document_id, str(text.file_text).encode(), "lampiran.txt"), 201)
    version = editor.get(f"/manage/v1/documents/{document_id}").headers["ETag"]
    _checked(editor("POST", f"/manage/v1/documents/{document_id}/publish", match=version, json={}), 200)
    return document_id


def _checked(answer: Any, status: int) -> None:
    assert answer.status_code == status, answer.json
