"""Documents as readers get them (api.md, "Delivered card"), with the files that the edition shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cms.documents.models import DocumentFile
from cms.documents.queries import find_files
from cms.editorial.attribution import credit_line
from cms.editorial.content_types import Content, EditionToRender
from cms.editorial.references import area_lineage
from cms.publishing.rendered_items import RenderedFile, RenderedItem
from cms.publishing.splicing import OWN_FIELDS
from cms.taxonomy.models import InformationKind
from cms.taxonomy.queries import find_information_kinds

ONLY_IN_FULL = (
    "holder", "responsible", "producer", "made_at", "made_place", "period", "forms", "retention", "archive_code",
)  # fmt: skip


def render_document(edition: EditionToRender) -> RenderedItem:
    """Card, full form, filter terms and files of one edition."""
    content = edition.content
    files = find_files(edition.item_id, [entry["id"] for entry in content["files"]])
    kinds = find_information_kinds(content["information_kinds"]).values()
    only_in_full = {
        **{name: content[name] for name in ONLY_IN_FULL},
        "files": [_file(edition, entry, files[entry["id"]]) for entry in content["files"]],
    }
    servable = tuple(_servable(files[entry["id"]]) for entry in content["files"])
    return edition.rendered("document", _card(edition), only_in_full, _terms(content, kinds), servable)


def _card(edition: EditionToRender) -> dict[str, Any]:
    """The card. Every field of a post's card is there too, null or empty, for lists of both (`/v1/items`)."""
    content = edition.content
    return {
        "id": edition.item_id,
        "type": "document",
        "kind": None,
        "class": content["class"],
        "information_kinds": content["information_kinds"],
        "title": content["title"],
        "slug": content["slug"],
        "summary": content["summary"],
        "number": content["number"],
        "year": content["year"],
        "agency": dict(edition.agency),
        "channel": content["channel"],
        "category": content["category"],
        "office": content["office"],
        "tags": content["tags"],
        "areas": content["areas"],
        "language": content["language"],
        **edition.times(),
        "cover": None,
        "event_date": None,
        "event": None,
        "canonical_url": edition.canonical_url,
        "credit_line": credit_line(edition.agency["name"], content["language"], None),
        **OWN_FIELDS,
    }


def _file(edition: EditionToRender, entry: dict[str, Any], file: DocumentFile) -> dict[str, Any]:
    return {
        "id": file.id,
        "label": entry["label"],
        "role": entry["role"],
        "variant": entry["variant"],
        "language": entry["language"] or edition.content["language"],
        "media_type": file.media_type,
        "protected": file.is_protected,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "url": f"/v1/documents/{edition.item_id}/files/{file.id}",
    }


def _servable(file: DocumentFile) -> RenderedFile:
    return RenderedFile(file.id, file.name, file.media_type, file.bytes, file.sha256, file.is_attachment)


def _terms(content: Content, kinds: Iterable[InformationKind]) -> frozenset[tuple[str, str]]:
    """What the document is found by. A part of a kind (`BK-A.1`) fulfils the kind above it too."""
    terms = {
        ("class", content["class"]),
        ("channel", content["channel"]),
        ("channel", content["agency"]),
        ("language", content["language"]),
    }
    for kind in kinds:
        terms |= {("class", kind.information_class), ("information_kind", kind.code)}
        if kind.parent is not None:
            terms.add(("information_kind", kind.parent))
    if content["category"]:
        terms.add(("category", content["category"]))
    if content["office"]:
        terms.add(("office", content["office"]))
    terms |= {("area", code) for area in content["areas"] for code in area_lineage(area)}
    if content["year"] is not None:
        terms.add(("year", str(content["year"])))
    terms |= {("tag", tag) for tag in content["tags"]}
    return frozenset(terms)
