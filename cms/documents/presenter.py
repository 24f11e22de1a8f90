"""Documents as readers get them (api.md, "Delivered card"), with the files that the edition shows."""

from __future__ import annotations

from typing import Any

from cms.documents.models import DocumentFile
from cms.documents.queries import find_files
from cms.editorial.attribution import credit_line
from cms.editorial.content_types import Content, EditionToRender
from cms.publishing.rendered_items import RenderedFile, RenderedItem
from cms.publishing.splicing import OWN_FIELDS

ONLY_IN_FULL = ("holder", "responsible", "made_at", "made_place", "forms", "retention", "archive_code")


def render_document(edition: EditionToRender) -> RenderedItem:
    """Card, full form, filter terms and files of one edition."""
    content = edition.content
    files = find_files(edition.item_id, [entry["id"] for entry in content["files"]])
    only_in_full = {
        **{name: content[name] for name in ONLY_IN_FULL},
        "files": [_file(edition.item_id, entry, files[entry["id"]]) for entry in content["files"]],
    }
    servable = tuple(_servable(files[entry["id"]]) for entry in content["files"])
    return edition.rendered("document", _card(edition), only_in_full, _terms(content), servable)


def _card(edition: EditionToRender) -> dict[str, Any]:
    """The card. Every field of a post's card is there too, null or empty, for lists of both (`/v1/items`)."""
    content = edition.content
    return {
        "id": edition.item_id,
        "type": "document",
        "kind": None,
        "class": content["class"],
        "information_kind": content["information_kind"],
        "title": content["title"],
        "slug": content["slug"],
        "summary": content["summary"],
        "number": content["number"],
        "year": content["year"],
        "agency": dict(edition.agency),
        "channel": content["channel"],
        "category": None,
        "tags": content["tags"],
        "areas": [],
        "language": content["language"],
        **edition.times(),
        "cover": None,
        "event_date": None,
        "event": None,
        "canonical_url": edition.canonical_url,
        "credit_line": credit_line(edition.agency["name"], content["language"], None),
        **OWN_FIELDS,
    }


def _file(document_id: str, entry: dict[str, Any], file: DocumentFile) -> dict[str, Any]:
    return {
        "id": file.id,
        "label": entry["label"],
        "media_type": file.media_type,
        "protected": file.is_protected,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "url": f"/v1/documents/{document_id}/files/{file.id}",
    }


def _servable(file: DocumentFile) -> RenderedFile:
    return RenderedFile(file.id, file.name, file.media_type, file.bytes, file.sha256, file.is_attachment)


def _terms(content: Content) -> frozenset[tuple[str, str]]:
    terms = {
        ("class", content["class"]),
        ("channel", content["channel"]),
        ("channel", content["agency"]),
        ("language", content["language"]),
    }
    if content["information_kind"]:
        terms.add(("information_kind", content["information_kind"]))
    if content["year"] is not None:
        terms.add(("year", str(content["year"])))
    terms |= {("tag", tag) for tag in content["tags"]}
    return frozenset(terms)
