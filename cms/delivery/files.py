"""Files of published documents. A file that no live edition shows does not exist here, even under its right address."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response

from cms.core import clock
from cms.core.errors import NotFound
from cms.core.http.files import FileFacts, file_answer
from cms.core.runtime import runtime
from cms.publishing.delivered import DeliveredType
from cms.publishing.shown_files import find_file
from cms.serving.admission import DeliveryRequest
from cms.serving.answers import position_headers
from cms.virus_scans.queries import is_released


def read_file(request: DeliveryRequest, delivered: DeliveredType, item_id: str, file_id: str) -> Response:
    """The file, or the requested part. Raises `NotFound` also for files that the key's agencies do not show, and for those that the virus
    scanner has not found clean.
    """
    row = find_file(request.state.reader, delivered.name, item_id, file_id, request.now)
    if row is None or not is_released(row[8]) or not request.sources.shown({item_id: row[5]}):
        raise NotFound
    name, media_type, size, sha256, is_attachment, agency, updated_at, live_until, _scan = row
    facts = FileFacts(name, media_type, int(size), sha256, clock.from_micros(int(updated_at)), bool(is_attachment))
    groups = (delivered.topic, f"{delivered.name}-{item_id}", f"agency-{agency}")
    return file_answer(facts, _caching_headers(request, groups, live_until))


def _caching_headers(request: DeliveryRequest, groups: Sequence[str], live_until: int | None) -> dict[str, str]:
    """The bytes never change, but they may be withdrawn: a cache revalidates them as soon as any other answer."""
    max_age = runtime().settings.delivery_max_age
    if live_until is not None:
        left = (int(live_until) - request.now) // 1_000_000
        max_age = max(0, min(max_age, left))
    return {
        "Cache-Control": f"public, max-age={max_age}, must-revalidate",
        "Vary": "Authorization" + (", Origin" if request.holder.origins else ""),
        "Cache-Groups": ", ".join(f'"{group}"' for group in groups),
        "Surrogate-Key": " ".join(groups),
        **dict(position_headers(request.heads.epoch, request.heads.sequence)),
    }
