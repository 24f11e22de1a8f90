"""The rights of a key and the capabilities of this server."""

from __future__ import annotations

from typing import Any

from cms.core import clock
from cms.core.http.openapi_parts import API_VERSION
from cms.core.http.schemas import LARGEST_LIMIT
from cms.delivery.parameters import page_query
from cms.delivery.types import sorts_of
from cms.publishing.delivered import DeliveredType, DeliveredTypes
from cms.publishing.selection import COUNT_CAP
from cms.serving.admission import ANONYMOUS, DeliveryRequest
from cms.serving.content_parameters import MOST_IDS
from cms.serving.copy_limits import BYTES_OF_PAGE, MOST_BYTES, MOST_LINES, POSITION_LIFE
from cms.serving.encoding import ENCODINGS
from cms.serving.finished import FinishedAnswer
from cms.serving.limits import BY_ADDRESS
from cms.serving.pages import one_body
from cms.serving.responding import Basis, respond

COPIES = {
    "limit": MOST_LINES,
    "max_bytes": MOST_BYTES,
    "page_bytes": BYTES_OF_PAGE,
    "position_days": POSITION_LIFE.days,
}
NOT_FILTERS = {"limit", "cursor", "sort", "fields", "include", "count"}


def tell_about_key(request: DeliveryRequest) -> FinishedAnswer:
    """The key of this request."""
    holder = request.sources.key()
    is_known = holder is not ANONYMOUS
    shown = {
        "consumer": holder.name if is_known else None,
        "kind": holder.kind,
        "key_id": holder.key_id if is_known else None,
        "scopes": sorted(holder.scopes),
        "agencies": None if holder.agencies is None else sorted(holder.agencies),
        "origins": sorted(holder.origins),
        "expires_at": clock.rfc3339(clock.from_micros(holder.expires_at)) if is_known else None,
        "requests_per_minute": request.sources.requests_per_minute() or None,
        "counted_by": "address" if not is_known or holder.kind in BY_ADDRESS else "key",
    }
    # The answer describes one key, and changes with every change of keys.
    return respond(
        request,
        Basis(topics=("access",), groups=("access",)),
        lambda sequence: one_body(request.sources, shown, sequence),
    )


def tell_capabilities(request: DeliveryRequest, types: DeliveredTypes) -> FinishedAnswer:
    """Types, vocabularies and limits."""
    basis = Basis(topics=("reference",), groups=("reference",))
    return respond(request, basis, lambda sequence: one_body(request.sources, _capabilities(request, types), sequence))


def _capabilities(request: DeliveryRequest, types: DeliveredTypes) -> dict[str, Any]:
    reference_data = request.sources.reference_data()
    return {
        "version": API_VERSION,
        "types": {
            delivered.name: {
                "path": f"/v1/{delivered.topic}",
                "filters": sorted(_filters(delivered)),
                "sorts": list(sorts_of(delivered)),
                "fields": list(delivered.full_fields),
                "card_fields": list(delivered.card_fields),
                "includes": list(delivered.includes),
            }
            for delivered in types.types
        },
        "categories": list(reference_data.categories.values()),
        "information_kinds": list(reference_data.information_kinds.values()),
        "encodings": list(ENCODINGS),
        "waiting": _waiting(request),
        "limits": {"page": LARGEST_LIMIT, "ids": MOST_IDS, "count": COUNT_CAP, "sync": COPIES},
    }


def _waiting(request: DeliveryRequest) -> dict[str, str] | None:
    """The addresses of the process in which requests may wait. A setting, so the tag of the answer covers it."""
    address = request.sources.waits_at()
    return None if address is None else {"poll": f"{address}/v1/changes", "stream": f"{address}/v1/changes/stream"}


def _filters(delivered: DeliveredType) -> set[str]:
    declared = page_query(delivered)().fields.items()
    return {field.data_key or name for name, field in declared} - NOT_FILTERS
