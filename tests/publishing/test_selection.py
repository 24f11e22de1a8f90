"""The read model finds what a plain filter over all items finds, in the same order, page by page."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import orjson
import pytest
from flask import Flask

from cms.changes.heads import log_head
from cms.changes.log import Numbered, record, when_numbered
from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.ids import new_id
from cms.core.runtime import runtime
from cms.posts.content import POST
from cms.publishing.models import Standing
from cms.publishing.publish import end_item, publish
from cms.publishing.reading import Page, Publications
from cms.publishing.rendered_items import ALWAYS, RenderedItem, Span
from cms.publishing.selection import MOMENTS, Selection
from tests.conftest import NOW
from tests.factories import CENTRAL

ITEMS, QUESTIONS = 240, 400
AGENCIES = ("dpu", "dishub", "dinkes", "kota")
# Half of all items have the first term of a scheme, one or two the last.
TERMS = {
    "tag": ("umum", "jalan", "air", "langka"),
    "area": ("64", "64.71", "64.71.06", "64.71.06.1005"),
    "category": ("berita", "infrastruktur", "jarang"),
    "year": ("2026", "2025", "1999"),
    "channel": ("dpu", "kota"),
    "kind": ("berita", "pengumuman", "agenda"),
    "language": ("id", "en", "bjn"),
}
# The moment of the newest line of the log.
NEWEST = clock.micros(NOW) + 2 * ITEMS
MANY_VALUED = {"tag", "area"}


@dataclass(frozen=True, slots=True)
class Published:
    """What a plain filter looks at."""

    number: int
    id: str
    type: str
    agency: str
    published_at: int
    updated_at: int
    changed_at: int
    terms: frozenset[tuple[str, str]]
    valid: Span
    event: Span | None


@pytest.fixture
def items(app: Flask, context: None) -> list[Published]:
    """Live items of two types; some were published twice, others are gone, and moments collide."""
    dice = random.Random(20261124)
    live, changed = [], {}
    with unit_of_work() as unit:
        for number in range(ITEMS):
            rendered = _rendered(dice, number)
            for edition in range(1, dice.choice((2, 2, 3))):
                rendered = replace(_rendered(dice, number), item_id=rendered.item_id, edition=edition)
                change = record(unit, POST.action("published"), rendered.item_id, CENTRAL)
                publish(unit, rendered, change)
                when_numbered(unit, change, partial(_note_moment, changed, rendered.item_id))
            if dice.random() < 0.1:
                change = record(unit, POST.action("unpublished"), rendered.item_id, CENTRAL)
                end_item(unit, rendered.item_id, rendered.type, Standing.GONE, change, explanation="Ditarik.")
            else:
                live.append((number, rendered))
    # Each line has a moment of its own, whatever the clock says: here it stood still.
    assert len(set(changed.values())) == len(changed)
    return [_known(number, rendered, changed[rendered.item_id]) for number, rendered in live]


def _note_moment(changed: dict[str, int], item_id: str, numbered: Numbered) -> None:
    changed[item_id] = clock.micros(numbered.changed_at)


def _rendered(dice: random.Random, number: int) -> RenderedItem:
    published = NOW - timedelta(hours=dice.randrange(1, 60))
    item_id = new_id()
    card = {"number": number}
    return RenderedItem(
        item_id=item_id, type="post" if number % 3 else "document", edition=1, agency=AGENCIES[number % 4],
        slug=f"s-{number}", language="id", published_at=published,
        updated_at=published + timedelta(minutes=dice.randrange(3)), card=card, full={**card, "full": True},
        terms=frozenset(_terms(dice)), valid=_valid(dice), event=_span(dice) if dice.random() < 0.4 else None,
    )  # fmt: skip


def _span(dice: random.Random) -> Span:
    begins = NOW + timedelta(hours=dice.randrange(-60, 60))
    return Span(begins, begins + timedelta(hours=dice.choice((1, 12, 24 * 366))))


def _valid(dice: random.Random) -> Span:
    begins, ends = _span(dice)
    return Span(dice.choice((ALWAYS.begins, begins)), dice.choice((ALWAYS.ends, ends)))


def _terms(dice: random.Random) -> Iterator[tuple[str, str]]:
    for scheme, values in TERMS.items():
        weights = [
            0.01 if value == values[-1] and len(values) > 2 else 0.5 ** (n + 1) for n, value in enumerate(values)
        ]
        for value in set(dice.choices(values, weights, k=2 if scheme in MANY_VALUED else 1)):
            yield scheme, value


def _known(number: int, rendered: RenderedItem, changed_at: int) -> Published:
    return Published(
        number, rendered.item_id, rendered.type, rendered.agency, clock.micros(rendered.published_at),
        clock.micros(rendered.updated_at), changed_at, rendered.terms, rendered.valid, rendered.event,
    )  # fmt: skip


def test_every_page_is_what_a_plain_filter_gives(items: list[Published]) -> None:
    publications = Publications(runtime().reader, log_head())
    sizes = set()
    dice = random.Random(7)
    for _ in range(QUESTIONS):
        selection = _question(dice)
        expected = plain_filter(items, selection)
        assert read_all(publications, selection) == expected, selection
        sizes.add(min(len(expected), 40))
    # Nothing, one, several pages: all were asked for.
    assert {0, 1, 40} <= sizes


def test_the_total_counts_an_item_once_whatever_leads_to_it(items: list[Published]) -> None:
    publications = Publications(runtime().reader, log_head())
    dice = random.Random(8)
    for _ in range(QUESTIONS // 4):
        selection = _question(dice)
        page = publications.page(selection, clock.micros(NOW), NEWEST, is_counted=True)
        expected = plain_filter(items, selection)
        assert page.total == len(expected), selection
        assert numbers(page) == expected[: selection.limit], selection


@pytest.mark.parametrize("sort", ["published_at", "updated_at", "changed_at"])
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("term", ["umum", "langka"])
def test_rare_and_frequent_terms_are_paged_to_the_end(
    items: list[Published], sort: str, descending: bool, term: str
) -> None:
    selection = Selection("post", terms={"tag": (term,)}, sort=sort, descending=descending, limit=3)
    expected = plain_filter(items, selection)
    assert expected, "no item has this term"
    assert read_all(Publications(runtime().reader, log_head()), selection) == expected


def _question(dice: random.Random) -> Selection:
    schemes = dice.sample(sorted(TERMS), dice.choice((0, 1, 1, 2, 3)))
    moments = {
        name: clock.micros(NOW - timedelta(hours=dice.randrange(70))) if dice.random() < 0.2 else None
        for name in MOMENTS
    }
    if moments["changed_after"] is not None:
        moments["changed_after"] = clock.micros(NOW) + dice.randrange(2 * ITEMS)
    return Selection(
        type=dice.choice(("post", "document")),
        agencies=dice.choice((None, None, (), *(tuple(dice.sample(AGENCIES, n)) for n in (1, 2, 4)))),
        terms={scheme: tuple(dice.sample(TERMS[scheme], dice.choice((1, 1, 2)))) for scheme in schemes},
        **moments, sort=dice.choice(("published_at", "updated_at", "changed_at", "event_from")),
        descending=dice.choice((True, False)),
        limit=dice.choice((1, 3, 20, 100)),
    )  # fmt: skip


def plain_filter(items: list[Published], asked: Selection) -> list[int]:
    """What the question means, without any SQL."""
    found = [item for item in items if _fits(item, asked) and (item.event or asked.sort != "event_from")]
    found.sort(key=lambda item: (_sort_value(item, asked.sort), item.number), reverse=asked.descending)
    return [item.number for item in found]


def _sort_value(item: Published, sort: str) -> int:
    if sort != "event_from":
        found: int = getattr(item, sort)
        return found
    assert item.event is not None
    return clock.micros(item.event.begins)


def _takes_place(item: Published, asked: Selection) -> bool:
    if asked.event_after is None and asked.event_before is None:
        return True
    return item.event is not None and (
        (asked.event_after is None or clock.micros(item.event.ends) > asked.event_after)
        and (asked.event_before is None or clock.micros(item.event.begins) < asked.event_before)
    )


def _fits(item: Published, asked: Selection) -> bool:
    return (
        item.type == asked.type
        and (asked.agencies is None or item.agency in asked.agencies)
        and all(any((scheme, value) in item.terms for value in values) for scheme, values in asked.terms.items())
        and (asked.published_after is None or item.published_at > asked.published_after)
        and (asked.published_before is None or item.published_at < asked.published_before)
        and (asked.updated_after is None or item.updated_at > asked.updated_after)
        and (asked.changed_after is None or item.changed_at > asked.changed_after)
        and (asked.valid_at is None or _holds(item.valid, asked.valid_at))
        and _takes_place(item, asked)
    )


def _holds(valid: Span, moment: int) -> bool:
    return clock.micros(valid.begins) <= moment < clock.micros(valid.ends)


def read_all(publications: Publications, selection: Selection) -> list[int]:
    """All pages, one after the other."""
    found: list[int] = []
    while True:
        page = publications.page(selection, clock.micros(NOW), NEWEST)
        assert len(page.items) <= selection.limit
        found += numbers(page)
        if page.next is None:
            return found
        assert len(page.items) == selection.limit
        selection = replace(selection, position=page.next)


def numbers(page: Page) -> list[int]:
    return [orjson.loads(text)["number"] for text in page.items]
