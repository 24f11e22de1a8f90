"""What a text costs: whatever it is made of, little more than an ordinary one of its length, and twice of it twice as much."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from functools import cache, partial

import pytest
from flask import Flask

from cms.accounts.identity import LONGEST_EMAIL, normalised_email
from cms.accounts.password_policy import LONGEST_PASSWORD, common_words, weakness
from cms.core.bounded_text import MOST_PARTS_OF_ONE, has_long_mark_run
from cms.core.embeds import embed_of
from cms.core.entities import unescaped
from cms.core.html_text import plain_text
from cms.core.http.contact_fields import is_safe_address
from cms.core.http.files import content_disposition
from cms.core.http.multipart import LONGEST_FILE_NAME
from cms.core.links import LONGEST_LINK, encoded_link, is_safe_link
from cms.core.markup_bounds import is_heavy
from cms.core.sanitize import sanitized_html
from cms.core.storage.names import clean_name
from cms.editorial.history.diff import text_changes
from cms.editorial.items.slugs import base_slug
from cms.moderation.assessing import Assessment, assess
from cms.moderation.folding import folded, folded_key
from cms.moderation.links import alternative_texts, hosts_in_links, hosts_in_text
from cms.moderation.scanning import advertises_gambling
from cms.privacy.scanning import find_personal_data
from tests.core.hostile import EVERY, PLAIN, ordinary, ordinary_html
from tests.core.processor_time import keep, least, measured, seconds, takes_at_most

HALF, WHOLE = 50_000, 100_000
SHORT_SECONDS, LONGEST_SECONDS = 0.05, 1.0
TIMES_ORDINARY, TIMES_FOR_TWICE = 3.0, 2.3
# Below this a measurement says more about the machine than about the text.
LEAST_SECONDS = 0.02
# So nothing that takes no longer than this has to be compared.
LITTLE_SECONDS = TIMES_FOR_TWICE * LEAST_SECONDS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def application(migrated_app: Flask) -> Iterator[None]:
    """Moderation asks the database; what is read only once is read before anything is measured."""
    with migrated_app.app_context():
        saved(ordinary(1_000), "markdown")
        yield


def saved(source: str, body_format: str) -> Assessment:
    """What saving computes on a body: HTML, text, moderation with its questions to the database."""
    html = sanitized_html(source, body_format)
    text = "\n".join((plain_text(html), *alternative_texts(html)))
    return assess({"/title": "Jalan", "/body": text}, html, [], source=source)


def saved_markdown(source: str) -> Assessment:
    """A body in Markdown."""
    return saved(source, "markdown")


def saved_html(source: str) -> Assessment:
    """A body in HTML."""
    return saved(source, "html")


def compared(text: str) -> object:
    """A difference between two editions that share most of their words."""
    return text_changes(text, "0 " + text[len(text) // 3 :] + text[: len(text) // 3])


@pytest.mark.usefixtures("application")
@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(("function", "made"), [(saved_markdown, ordinary), (saved_html, ordinary_html)])
def test_no_long_text_costs_much_more_than_an_ordinary_one(
    function: Callable[[str], object], made: Callable[[int], str], name: str
) -> None:
    assert costs_little_more_than_an_ordinary_one(function, made, name)


@pytest.mark.parametrize("name", [name for name in EVERY if not has_long_mark_run(EVERY[name](WHOLE))])
def test_no_long_text_costs_much_more_to_compare_than_an_ordinary_one(name: str) -> None:
    """Of the texts that an edition can have; asks no database, so it is run on one alone."""
    assert costs_little_more_than_an_ordinary_one(compared, ordinary, name)


def costs_little_more_than_an_ordinary_one(
    function: Callable[[str], object], made: Callable[[int], str], name: str
) -> bool:
    """Compared with an ordinary text of its length and with half of itself; what is refused costs less than what is saved."""
    whole, half = (partial(function, EVERY[name](size)) for size in (WHOLE, HALF))

    def is_bounded(cost: float, cost_of_half: float, cost_of_usual: float) -> bool:
        return cost <= min(TIMES_ORDINARY * cost_of_usual, LONGEST_SECONDS) and is_linear(cost, cost_of_half)

    first, is_refused = measured(whole)
    if first <= LITTLE_SECONDS:
        return True
    usual = partial(function, made(WHOLE))
    if is_refused:
        return keep(operator.lt, whole, usual)
    # Most keep the bound of the shortest times at once; only the others are compared with what is measured in turn.
    return is_bounded(first, least(half), cost_of_usual(function, made)) or keep(is_bounded, whole, half, usual)


@cache
def cost_of_usual(function: Callable[[str], object], made: Callable[[int], str]) -> float:
    """What an ordinary text of the whole length costs at least."""
    return least(partial(function, made(WHOLE)))


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize(
    "function",
    [
        advertises_gambling,
        find_personal_data,
        hosts_in_text,
        folded,
        folded_key,
        unescaped,
        has_long_mark_run,
        is_heavy,
    ],
)
def test_no_function_that_reads_a_whole_text_takes_more_than_its_length(
    function: Callable[[str], object], name: str
) -> None:
    whole, half = (partial(function, EVERY[name](size)) for size in (WHOLE, HALF))
    if function is not has_long_mark_run and has_long_mark_run(unescaped(EVERY[name](WHOLE))):
        # Such a text is refused before.
        return

    assert seconds(whole) <= LITTLE_SECONDS or keep(is_linear, whole, half)


def is_linear(cost: float, cost_of_half: float) -> bool:
    """True for a cost that is bounded and grows with the length, no faster."""
    return cost <= LONGEST_SECONDS and cost <= TIMES_FOR_TWICE * max(cost_of_half, LEAST_SECONDS)


@pytest.mark.parametrize("name", EVERY)
def test_no_short_text_of_the_longest_length_takes_long(name: str) -> None:
    """Where a field bounds the length, the worst that fits is looked at; before sign-in nobody waits longer than that."""
    raw_email = EVERY[name](LONGEST_EMAIL * MOST_PARTS_OF_ONE)
    work = (
        lambda: normalised_email(raw_email),
        lambda: weakness(EVERY[name](LONGEST_PASSWORD), ["siti@balikpapan.example", "Siti Rahmah"]),
        lambda: clean_name(EVERY[name](LONGEST_FILE_NAME)),
        lambda: content_disposition(clean_name(EVERY[name](LONGEST_FILE_NAME)), "text/plain"),
        lambda: base_slug(EVERY[name](300), "post"),
        lambda: is_safe_link(encoded_link(EVERY[name](LONGEST_LINK))),
        lambda: embed_of("https://www.youtube.com/watch?" + EVERY[name](LONGEST_LINK - 30)),
        lambda: embed_of("https://www.openstreetmap.org/export/embed.html?" + EVERY[name](LONGEST_LINK - 50)),
        lambda: is_safe_address("https://" + EVERY[name](500)),
        lambda: hosts_in_links("https://" + EVERY[name](LONGEST_LINK)),
    )

    common_words()
    assert [index for index, one in enumerate(work) if not takes_at_most(SHORT_SECONDS, one)] == []
