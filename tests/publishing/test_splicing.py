"""A carried card is the own one with text put in: the same as if it had been parsed and written anew."""

from __future__ import annotations

import json

import orjson
import pytest

from cms.publishing.splicing import OWN, OWN_FIELDS, as_repost

NOTE = '"comment":null,"place":null}'


@pytest.mark.parametrize("title", ["Jalan ditutup", OWN, f"\\{OWN}", "{}"])
def test_only_the_fields_of_the_card_itself_are_replaced(title: str) -> None:
    card = {"title": title, **OWN_FIELDS, "tags": [title]}

    carried = json.loads(as_repost(orjson.dumps(card).decode(), '{"slug":"dishub"}', NOTE))

    repost = {"agency": {"slug": "dishub"}, "comment": None, "place": None}
    assert carried == {**card, "relation": "repost", "repost": repost}


def test_a_card_of_another_shape_is_not_shown_as_an_own_one() -> None:
    with pytest.raises(ValueError, match="rendered without"):
        as_repost('{"relation":"own","id":1,"repost":null}', "{}", NOTE)
