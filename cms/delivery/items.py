"""Single items: details, several by id, and what an address leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response

from cms.core.errors import NotFound
from cms.core.ids import is_id
from cms.delivery.endings import ended, resolved_ending
from cms.delivery.lists import page_body
from cms.delivery.parameters import MOST_IDS
from cms.delivery.types import CARD_FIELDS, TYPES, DeliveredType
from cms.publishing.models import Standing
from cms.publishing.reading import Address, PublishedState
from cms.serving.admission import delivery_request
from cms.serving.projection import reshaped
from cms.serving.responding import Basis, Body, deliver

Query = dict[str, Any]
_ALL_TOPICS = (*(delivered.topic for delivered in TYPES.values()), "reference")


def deliver_item(delivered: DeliveredType, item_id: str, query: Query) -> Response:
    """The full form of one item. Raises `NotFound`, and `Gone` for what was published once."""
    state = _visible(delivery_request().sources.item(), item_id) if is_id(item_id) else None
    if state is None:
        raise NotFound
    if state.full_json is None:
        raise ended(state, item_id)
    full_json = state.full_json
    basis = Basis(
        topics=("reference",) if "include" in query else (),
        groups=(delivered.topic, f"{delivered.name}-{item_id}", f"agency-{state.agency}"),
    )
    return deliver(basis, lambda sequence: _item_body(full_json, query, sequence))


def deliver_items(ids: tuple[str, ...], picked: tuple[str, ...] | None) -> Response:
    """The cards (or the picked fields) of several items of any type, in the order asked for; what readers cannot have is named as missing."""
    basis = Basis(topics=_ALL_TOPICS, groups=_ALL_TOPICS[:-1])
    return deliver(basis, lambda sequence: _items_body(ids, picked, sequence))


def deliver_address(type: str, agency: str, slug: str) -> Response:
    """What an address leads to. Raises `NotFound` when nothing was ever published there, or nothing that may be known."""
    return deliver(
        # A redirection may lead to an item of another type.
        Basis(topics=_ALL_TOPICS, groups=_ALL_TOPICS[:-1], may_be_missing=True),
        lambda sequence: _address_body(type, agency, slug, sequence),
    )


def one_body(data: Any, sequence: int) -> Body:
    """The envelope of one resource."""
    return Body(orjson.dumps({"data": data, "meta": {"sequence": sequence}}), [])


def shown_to_key(items: Mapping[str, str]) -> set[str]:
    """Those of the items (owner by id) that the key shows: of its agencies, on their channels, or carried by them.

    Only for items of other owners it takes a look at the database, one for all of them.
    """
    sources = delivery_request().sources
    if sources.key_agencies is None:
        return set(items)
    # Who is named by the key itself needs no look at who was merged into whom, so that mergers leave the tags of those items.
    shown = {item_id for item_id, owner in items.items() if owner in sources.key_agencies}
    if len(shown) < len(items):
        agencies = sources.visible_agencies() or frozenset()
        shown |= {item_id for item_id, owner in items.items() if owner in agencies}
        others = sorted(items.keys() - shown)
        shown |= sources.shown_by(agencies, others) if others else set()
    return shown


def _visible(state: PublishedState | None, item_id: str) -> PublishedState | None:
    return state if state is not None and shown_to_key({item_id: state.agency}) else None


def _item_body(full_json: str, query: Query, sequence: int) -> Body:
    if query:
        full_json = reshaped(
            full_json, query.get("fields"), query.get("include", ()), delivery_request().sources.reference_data
        )
    return Body(f'{{"data":{full_json},"meta":{{"sequence":{sequence}}}}}'.encode(), [])


def _items_body(ids: tuple[str, ...], picked: tuple[str, ...] | None, sequence: int) -> Body:
    live = delivery_request().sources.items(ids, is_full=not CARD_FIELDS.issuperset(picked or ()))
    shown = shown_to_key({item_id: agency for item_id, agency, _text in live})
    found = {item_id: text for item_id, _agency, text in live if item_id in shown}
    texts = [found[item_id] for item_id in ids if item_id in found]
    if picked is not None:
        texts = [reshaped(text, picked, (), delivery_request().sources.reference_data) for text in texts]
    missing = [item_id for item_id in ids if item_id not in found]
    return page_body(texts, None, MOST_IDS, sequence, {"missing": missing})


def _address_body(type: str, agency: str, slug: str, sequence: int) -> Body:
    sources = delivery_request().sources
    directory = sources.reference_data().directory
    predecessors = sorted(directory.with_predecessors([agency]) - {agency})
    address = sources.address(type, (agency, *predecessors), slug)
    if address is None or not shown_to_key({address.id: address.live_agency or address.agency}):
        raise NotFound
    return one_body(_resolved(address, slug), sequence)


def _resolved(address: Address, slug: str) -> dict[str, Any]:
    if address.slug is None:
        return resolved_ending(address)
    is_moved = (address.live_agency, address.slug) != (address.named_agency, slug)
    is_withdrawn = address.standing == Standing.WITHDRAWN
    return {
        "status": "moved" if is_moved else "withdrawn" if is_withdrawn else "live",
        "id": address.id,
        "to": address.slug if is_moved else None,
        "agency": address.live_agency,
        "slug": address.slug,
        "explanation": address.explanation if is_withdrawn else None,
    }
