"""A city in which something must go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from tests.documents.uploads import fresh_storage
from tests.erasures.orders import Orders
from tests.factories import add_city
from tests.people import People


@pytest.fixture
def orders(
    app: Flask,
    people: People,
    moment: Callable[[timedelta], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Orders:
    """Officers, editors and a website."""
    fresh_storage(app, monkeypatch, tmp_path)
    add_city(app)
    return Orders(app, people, moment)
