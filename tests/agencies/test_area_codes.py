"""A Kemendagri code has one form, whoever writes it: readers, editors, or the operator in a setting."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from cms.core.ids import is_area_code
from cms.core.permissions import Role
from tests.people import People

DOORS = ["/v1/posts?area={}", "/v1/areas?parent={}", "/manage/v1/areas?parent={}"]


@pytest.mark.parametrize("code", ["64", "64.71", "64.71.06", "64.71.06.1001"])
@pytest.mark.usefixtures("city")
def test_every_level_is_a_code(code: str) -> None:
    assert is_area_code(code)


@pytest.mark.parametrize("code", ["6", "64.", "64.7106", "64.71.1001", "64.71.06.10011", "٦٤"])
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.usefixtures("city")
def test_what_is_no_code_is_refused_everywhere(client: FlaskClient, people: People, door: str, code: str) -> None:
    asks = people.person(Role.ADMIN, None).get if door.startswith("/manage") else people.website().get

    assert not is_area_code(code)
    assert asks(door.format(code)).status_code == 400
