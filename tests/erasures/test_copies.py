"""Whoever keeps a copy hears of an erasure by the log, like of everything else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.erasures.orders import LAW, WORD, Orders


def news(orders: Orders, at: str) -> tuple[list[dict[str, Any]], str]:
    """What a copy is told from there on, and where it goes on."""
    told: list[dict[str, Any]] = []
    while True:
        page = orders.site.get(at[at.index("/v1/") :])
        assert page.status_code == 200, page.json
        told += page.json["data"]  # type: ignore[index]
        at = page.json["links"]["next"]  # type: ignore[index]
        if page.json["meta"]["complete"]:  # type: ignore[index]
            return told, at


def test_a_copy_is_told_to_delete_what_ended(orders: Orders) -> None:
    path = orders.post()
    _first, at = news(orders, "/v1/sync?type=post")
    orders.erase(path)
    told, _at = news(orders, at)
    assert [(line["op"], line["id"], line["explanation"]) for line in told] == [
        ("delete", path.rpartition("/")[2], LAW["reason"])
    ]
    assert WORD not in str(told)


def test_a_copy_that_was_away_since_the_first_edition_is_told_too(orders: Orders) -> None:
    path = orders.post(areas=["64.71.06"])
    _first, at = news(orders, "/v1/sync?type=post&agency=dpu&area=64.71.06")
    orders.publish_anew(path, title="Data", areas=[])
    orders.erase(path)
    told, _at = news(orders, at)
    assert [line["id"] for line in told] == [path.rpartition("/")[2]]
    assert told[0]["op"] in {"delete", "leave"}


def test_a_copy_gets_an_item_that_stays_once_more(orders: Orders) -> None:
    path = orders.post()
    orders.publish_anew(path, title="Data", summary="Ringkas", body="Isi", tags=[], slug="data")
    _first, at = news(orders, "/v1/sync?type=post")
    orders.erase(path, editions=[1])
    told, _at = news(orders, at)
    assert [(line["op"], line["item"]["title"]) for line in told] == [("upsert", "Data")]


@pytest.mark.parametrize("is_whole", [True, False])
def test_the_line_says_that_it_was_erased_and_nothing_of_the_content(orders: Orders, is_whole: bool) -> None:
    path = orders.post()
    orders.publish_anew(path, title="Data", summary="Ringkas", body="Isi", tags=[], slug="data")
    orders.erase(path, **({} if is_whole else {"editions": [1]}))
    lines = orders.site.get("/v1/changes?type=post").json["data"]  # type: ignore[index]
    line = lines[-1]
    assert (line["action"], line["id"], line["digest"]) == ("post.erased", path.rpartition("/")[2], None)
    assert line["ending"] == ("gone" if is_whole else None)
