"""Files of published documents. What no live edition shows does not exist here, whatever address is guessed."""

from __future__ import annotations

from typing import Final

from flask import Response

from cms.core import clock
from cms.core.errors import NotFound
from cms.core.http.files import FileFacts, file_answer
from cms.core.ids import is_id
from cms.core.reading import Row
from cms.core.runtime import runtime
from cms.delivery.items import shown_to_key
from cms.publishing.selection import LIVE
from cms.serving.admission import delivery_request
from cms.serving.answers import position_headers
from cms.serving.state import serving_state

_FILE: Final = (
    "SELECT f.name, f.media_type, f.bytes, f.sha256, p.agency, p.updated_at, p.effective_until"  # noqa: S608 - constants of ours
    " FROM publication_files f JOIN publications p ON p.id = f.publication_id"
    f" WHERE f.item_id = :item_id AND f.file_id = :file_id AND p.type = 'document' AND {LIVE.format(p='p')}"
)


def deliver_file(document_id: str, file_id: str) -> Response:
    """The file, or the part that was asked for. Raises `NotFound` also for what the key's agencies do not show."""
    row = _live_row(document_id, file_id)
    if row is None or not shown_to_key({document_id: row[4]}):
        raise NotFound
    name, media_type, size, sha256, agency, updated_at, effective_until = row
    facts = FileFacts(name, media_type, int(size), sha256, clock.from_micros(int(updated_at)))
    return file_answer(facts, _caching_headers(document_id, agency, effective_until))


def _live_row(document_id: str, file_id: str) -> Row | None:
    if not is_id(document_id) or not is_id(file_id):
        return None
    reader = serving_state().reader
    params = {
        "item_id": document_id,
        "file_id": file_id,
        "now": delivery_request().now,
    }
    rows = reader.rows(reader.prepared(_FILE), params)
    return rows[0] if rows else None


def _caching_headers(document_id: str, agency: str, effective_until: int | None) -> dict[str, str]:
    """The bytes never change, but they may be withdrawn: a cache asks again after the same short time as for any answer."""
    max_age = runtime().settings.delivery_max_age
    if effective_until is not None:
        left = (int(effective_until) - delivery_request().now) // 1_000_000
        max_age = max(0, min(max_age, left))
    groups = ("documents", f"document-{document_id}", f"agency-{agency}")
    return {
        "Cache-Control": f"public, max-age={max_age}, must-revalidate",
        "Vary": "Authorization" + (", Origin" if delivery_request().holder.origins else ""),
        "Cache-Groups": ", ".join(f'"{group}"' for group in groups),
        "Surrogate-Key": " ".join(groups),
        **dict(position_headers(delivery_request().heads)),
    }
