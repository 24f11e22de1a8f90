"""Single items: details, several by id, and the resolution of addresses."""

from __future__ import annotations

from typing import Any

import orjson

from cms.core.errors import NotFound
from cms.core.ids import is_id, is_slug
from cms.delivery.endings import ended, resolved_ending
from cms.delivery.linked_data import JSONLD, linked_data
from cms.publishing.delivered import DeliveredType, DeliveredTypes
from cms.publishing.legacy_addresses import key_of
from cms.publishing.models import Standing
from cms.publishing.reading import Address
from cms.serving.admission import DeliveryRequest
from cms.serving.content_parameters import MOST_IDS
from cms.serving.finished import FinishedAnswer
from cms.serving.pages import one_body, one_json_body, page_body
from cms.serving.places import place_of
from cms.serving.projection import reshaped
from cms.serving.responding import Basis, Body, respond
from cms.serving.sources import Sources

Query = dict[str, Any]
LONGEST_SLUG = 100


def read_item(request: DeliveryRequest, delivered: DeliveredType, item_id: str, query: Query) -> FinishedAnswer:
    """The full form of one item. Raises `NotFound`, and `Gone` for an item that was published once."""
    sources = request.sources
    state = sources.item() if is_id(item_id) else None
    if state is None or not sources.shown({item_id: state.agency}):
        raise NotFound
    if state.full_json is None:
        raise ended(sources, state, item_id)
    full_json = state.full_json
    basis = Basis(
        topics=("reference",) if "include" in query else (),
        groups=(delivered.topic, f"{delivered.name}-{item_id}", f"agency-{state.agency}"),
    )
    return respond(request, basis, lambda sequence: _item_body(sources, delivered, full_json, query, sequence))


def read_items(
    request: DeliveryRequest, types: DeliveredTypes, ids: tuple[str, ...], picked: tuple[str, ...] | None
) -> FinishedAnswer:
    """The cards (or the picked fields) of several items of any type, in the requested order; those that readers may not see are
    listed as missing.
    """
    is_full = not types.card_fields.issuperset(picked or ())
    basis = _of_all_types(request.sources)
    return respond(request, basis, lambda sequence: _items_body(request, ids, picked, is_full, sequence))


def resolve_address(request: DeliveryRequest, type: str, agency: str, slug: str) -> FinishedAnswer:
    """Resolve an address. Raises `NotFound` when nothing was ever published there, whatever it looks like, or readers may not know
    of it.
    """
    if type not in request.sources.topics or not all(
        len(each) <= LONGEST_SLUG and is_slug(each) for each in (agency, slug)
    ):
        raise NotFound
    # A redirection may lead to an item of another type.
    basis = _of_all_types(request.sources, may_be_missing=True)
    return respond(request, basis, lambda sequence: _address_body(request.sources, type, agency, slug, sequence))


def resolve_old_address(request: DeliveryRequest, url: str) -> FinishedAnswer:
    """Resolve an address that an item had before it came here. Raises `NotFound` as `resolve_address` does."""
    key = key_of(url)
    if key is None:
        raise NotFound
    basis = _of_all_types(request.sources, may_be_missing=True)
    return respond(request, basis, lambda sequence: _old_address_body(request.sources, key, sequence))


def _of_all_types(sources: Sources, *, may_be_missing: bool = False) -> Basis:
    topics = tuple(sources.topics.values())
    return Basis(topics=(*topics, "reference"), groups=topics, may_be_missing=may_be_missing)


def _item_body(sources: Sources, delivered: DeliveredType, full_json: str, query: Query, sequence: int) -> Body:
    if not query:
        return one_json_body(sources, full_json, sequence)
    included = query.get("include", ())
    relations = [relation for relation in included if relation != JSONLD]
    shown = reshaped(full_json, query.get("fields"), relations, sources.reference_data)
    if JSONLD not in included:
        return one_json_body(sources, shown, sequence)
    text = linked_data(sources, delivered, orjson.loads(full_json))
    return one_body(sources, {**orjson.loads(shown), JSONLD: text}, sequence)


def _items_body(
    request: DeliveryRequest, ids: tuple[str, ...], picked: tuple[str, ...] | None, is_full: bool, sequence: int
) -> Body:
    sources = request.sources
    live = sources.items(ids, is_full=is_full)
    shown = sources.shown({item_id: agency for item_id, agency, _text in live})
    found = {item_id: text for item_id, _agency, text in live if item_id in shown}
    texts = [found[item_id] for item_id in ids if item_id in found]
    if picked is not None:
        texts = [reshaped(text, picked, (), sources.reference_data) for text in texts]
    missing = [item_id for item_id in ids if item_id not in found]
    return page_body(request, texts, MOST_IDS, sequence, {"missing": missing})


def _address_body(sources: Sources, type: str, agency: str, slug: str, sequence: int) -> Body:
    directory = sources.reference_data().directory
    predecessors = sorted(directory.with_predecessors([agency]) - {agency})
    address = sources.address(type, (agency, *predecessors), slug)
    if address is None or not sources.shown({address.id: address.live_agency or address.agency}):
        raise NotFound
    return one_body(sources, _resolved(sources, address, slug), sequence)


def _old_address_body(sources: Sources, key: str, sequence: int) -> Body:
    address = sources.legacy_address(key)
    if address is None or not sources.shown({address.id: address.live_agency or address.agency}):
        raise NotFound
    if address.slug is None:
        return one_body(sources, resolved_ending(sources, address), sequence)
    place, is_withdrawn = place_of(address), address.standing == Standing.WITHDRAWN
    told = {"to": place["canonical_url"], "explanation": address.explanation if is_withdrawn else None}
    return one_body(sources, {"status": "moved", **place, **told}, sequence)


def _resolved(sources: Sources, address: Address, slug: str) -> dict[str, Any]:
    if address.slug is None:
        return resolved_ending(sources, address)
    is_moved = (address.live_agency, address.slug) != (address.named_agency, slug)
    is_withdrawn = address.standing == Standing.WITHDRAWN
    place = place_of(address)
    return {
        "status": "moved" if is_moved else "withdrawn" if is_withdrawn else "live",
        **place,
        "to": place["canonical_url"] if is_moved else None,
        "explanation": address.explanation if is_withdrawn else None,
    }
