"""What the engine tells about its statements: never the values, which may be texts, digests and names (R-G1)."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cms.core.db import rolled_back, session


def test_an_error_of_the_database_does_not_carry_the_values_of_its_statement(app: Flask) -> None:
    with app.app_context(), rolled_back(), pytest.raises(DBAPIError) as caught:
        session.execute(text("SELECT :value FROM no_such_table"), {"value": "rahasia-sekali"})

    assert "no_such_table" in str(caught.value)
    assert "rahasia-sekali" not in str(caught.value)
