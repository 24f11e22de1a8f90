"""The directory that readers look agencies and areas up in."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from cms.agencies.directory import Directory, read_directory
from cms.agencies.presenter import render_reference
from cms.agencies.services import seed_agencies
from cms.core.permissions import system_actor
from tests.agencies.administration import add_agency
from tests.conftest import NOW, counted_statements


@pytest.fixture
def directory(app: Flask) -> Directory:
    """Three generations of mergers, and the areas of the city."""
    add_agency(app, "dinas-baru", contact={"phone": "112"}, aliases=["Dinas Gabungan"])
    add_agency(app, "bagian-a", valid_to=date(2024, 12, 31), successor="dinas-baru")
    add_agency(app, "bagian-b", valid_to=date(2024, 12, 31), successor="dinas-baru")
    add_agency(app, "bagian-a-lama", valid_to=date(2020, 12, 31), successor="bagian-a")
    with app.app_context():
        seed_agencies(system_actor("test"))
    return read_directory(app.extensions["simpul"].reader, NOW.date())


def test_it_is_read_in_two_statements(app: Flask, directory: Directory) -> None:
    with counted_statements(app) as statements:
        read_directory(app.extensions["simpul"].reader, NOW.date())

    assert len(statements) == 2


def test_an_entry_has_what_the_row_has(directory: Directory) -> None:
    entry = directory.agencies["dinas-baru"]

    assert (entry.contact, entry.aliases, entry.updated_at) == ({"phone": "112"}, ("Dinas Gabungan",), NOW)
    assert directory.agencies["bagian-a"].valid_to == date(2024, 12, 31)
    assert render_reference(entry) == {"slug": "dinas-baru", "name": "Dinas dinas-baru", "short_name": "DINAS-BARU"}


def test_a_successor_stands_for_everything_that_became_part_of_it(directory: Directory) -> None:
    everything = {"dinas-baru", "bagian-a", "bagian-b", "bagian-a-lama"}

    assert directory.with_predecessors(["dinas-baru"]) == everything
    assert directory.with_predecessors(["bagian-a"]) == {"bagian-a", "bagian-a-lama"}
    assert directory.with_predecessors(["bagian-b", "dpu", "nobody"]) == {"bagian-b", "dpu", "nobody"}
    assert directory.with_predecessors([]) == frozenset()


def test_the_lineage_of_an_area_goes_up_to_the_province(directory: Directory) -> None:
    assert directory.lineage("64.71.06.1005") == ("64.71.06.1005", "64.71.06", "64.71", "64")
    assert directory.lineage("64") == ("64",)
    assert directory.lineage("99.99") == ()
