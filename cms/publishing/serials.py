"""The number of an item in its two forms and in its addresses, which are rendered before its row is written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cms.agencies.address_templates import SERIAL, with_serial
from cms.publishing.rendered_items import RenderedItem


def with_number(form: dict[str, Any], number: int) -> dict[str, Any]:
    """The card or full form with the number of its item, in its addresses too."""
    address = str(form.get("canonical_url") or "")
    return _readdressed({**form, "serial": number}, address, with_serial(address, number))


def numbered(rendered: RenderedItem, number: int | None, without: str) -> RenderedItem:
    """The forms as readers would get them, for a preview; `without` is the address of an item that needs a number and has none yet."""

    def shown(form: dict[str, Any]) -> dict[str, Any]:
        return (
            _readdressed(form, str(form.get("canonical_url") or ""), without)
            if number is None
            else with_number(form, number)
        )

    return replace(rendered, card=shown(rendered.card), full=shown(rendered.full))


def _readdressed(form: dict[str, Any], address: str, final: str) -> dict[str, Any]:
    if SERIAL not in address:
        return form
    said = form.get("social_text")
    texts = {"social_text": said.replace(address, final)} if said else {}
    return {**form, "canonical_url": final, **texts}
