"""An edition that was read before the transaction is what the transaction would have read, or is not used."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect

from cms.core.db import session, unit_of_work
from cms.core.prepared import keeping_results
from cms.editorial.items.foreseen_editions import foresee_to_publish, take_foreseen
from cms.editorial.items.models import Edition, Item
from cms.editorial.items.queries import get_edition
from cms.editorial.items.services import update_item
from cms.posts.content import POST
from tests.conftest import counted_statements
from tests.factories import CENTRAL, add_city, add_post, seen

COLUMNS = [column.key for column in inspect(Edition).column_attrs]


@pytest.fixture
def posts(app: Flask) -> list[Item]:
    """A post as it was created, and one whose newest edition is an autosave."""
    add_city(app)
    first, other = add_post(app, title="Judul", tags=["jalan"]), add_post(app, title="Lain")
    with app.app_context():
        changed = update_item(POST, CENTRAL, other.id, {"title": "Lagi"}, seen(other), is_autosave=True).item
        changed = update_item(POST, CENTRAL, other.id, {"title": "Baru"}, seen(changed), is_autosave=True).item
    return [first, changed]


def values(edition: Edition) -> dict[str, Any]:
    return {name: getattr(edition, name) for name in COLUMNS}


@pytest.mark.parametrize("together", [False, True], ids=["one by one", "together"])
@pytest.mark.usefixtures("context")
def test_a_foreseen_edition_has_the_values_of_one_that_the_session_reads(posts: list[Item], *, together: bool) -> None:
    read = [values(session.get_one(Edition, (item.id, item.edition))) for item in posts]
    assert read[1]["saved_at"] is not None
    session.remove()

    ids = [item.id for item in posts]
    with keeping_results():
        foreseen = (
            foresee_to_publish(*ids) if together else [each for each_id in ids for each in foresee_to_publish(each_id)]
        )

    found = {each.edition.item_id: values(each.edition) for each in foreseen}
    assert [found[item.id] for item in posts] == read
    assert {each.edition.item_id: each.version for each in foreseen} == {item.id: item.version for item in posts}


def test_the_transaction_reads_no_edition_that_was_foreseen(app: Flask, context: None, posts: list[Item]) -> None:
    with keeping_results():
        foresee_to_publish(posts[0].id)
        with unit_of_work():
            item = session.get_one(Item, posts[0].id)
            with counted_statements(app) as statements:
                edition = get_edition(item)
            assert (statements, edition in session) == ([], True)
            assert get_edition(item) is edition


def test_an_edition_that_somebody_saved_over_meanwhile_is_not_used(
    app: Flask, context: None, posts: list[Item]
) -> None:
    def save() -> None:
        with app.app_context():
            update_item(POST, CENTRAL, posts[0].id, {"title": "Sesudahnya"}, seen(posts[0]))

    with keeping_results():
        foresee_to_publish(posts[0].id)
        with ThreadPoolExecutor() as colleague:
            colleague.submit(save).result()
        with unit_of_work():
            item = session.get_one(Item, posts[0].id)
            assert take_foreseen(item) is None
            assert get_edition(item).content["title"] == "Sesudahnya"
