"""A rollback of items that were withdrawn, and could still be read, before somebody changed them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.moderation.rollbacks import LATER, act, counts, edit, make, publish, roll_back
from tests.people import Caller


@pytest.mark.parametrize("deed", ["publish", "gone"])
def test_a_withdrawn_item_is_readable_again_with_its_notice(
    editor: Caller, central: Caller, site: Caller, moment: Callable[[timedelta], None], deed: str
) -> None:
    item = make(editor, title="Jadwal lama")
    publish(editor, item)
    act(central, item, "unpublish", {"kind": "withdrawn", "explanation": "Jadwal tidak berlaku lagi."})
    path, address = f"/v1/posts/{item}", "/v1/resolve?type=post&agency=dpu&slug=jadwal-lama"
    before, resolved = site.get(path).json["data"], site.get(address).json["data"]
    assert before["withdrawn"]["explanation"] == "Jadwal tidak berlaku lagi."
    moment(LATER)
    if deed == "publish":
        edit(editor, item, body="Isi rusak.")
        publish(editor, item)
        assert site.get(path).json["data"]["withdrawn"] is None
    else:
        act(editor, item, "unpublish", {"kind": "gone", "explanation": "Hilang."})

    assert counts(roll_back(central, editor)) == {"restored" if deed == "publish" else "republished": 1}

    after = site.get(path).json["data"]
    assert (after["withdrawn"], after["body_html"]) == (before["withdrawn"], before["body_html"])
    assert site.get(address).json["data"] == resolved
    shown = central.get(f"/manage/v1/posts/{item}").json["data"]
    assert (shown["state"], shown["unpublished_as"], shown["comment"]) == (
        "unpublished",
        "withdrawn",
        "Jadwal tidak berlaku lagi.",
    )
    assert shown["published_edition"] == shown["edition"]
    assert counts(roll_back(central, editor)) == {"unchanged": 1}
