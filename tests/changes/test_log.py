"""The change log: gap-free, in commit order, chained."""

from __future__ import annotations

import pytest

from cms.changes.actions import Action
from cms.changes.log import broken_at, read_after, record
from cms.core.db import unit_of_work
from cms.core.permissions import system_actor


@pytest.mark.usefixtures("context")
def test_lines_of_one_unit_of_work_follow_each_other_and_the_chain_holds() -> None:
    with unit_of_work() as unit:
        record(unit, Action.AGENCY_CREATED, "dpu", system_actor("test"))
        record(unit, Action.AGENCY_UPDATED, "dpu", system_actor("test"), fields=["name"])

    assert [(line.sequence, line.action) for line in read_after(0)] == [(1, "agency.created"), (2, "agency.updated")]
    assert broken_at() is None


@pytest.mark.usefixtures("context")
def test_a_failed_unit_of_work_leaves_no_line_and_no_gap() -> None:
    def fail() -> None:
        with unit_of_work() as unit:
            record(unit, Action.AGENCY_CREATED, "dpu", system_actor("test"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with unit_of_work() as unit:
        record(unit, Action.AGENCY_CREATED, "dishub", system_actor("test"))

    assert [line.sequence for line in read_after(0)] == [1]
