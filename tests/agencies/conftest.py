"""An administrator and an author of Dinas Pekerjaan Umum."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.agencies.administration import ADMIN, AUTHOR, Caller, add_agency


@pytest.fixture
def admin(app: Flask, client: FlaskClient) -> Caller:
    return Caller(app, client, ADMIN)


@pytest.fixture
def author(app: Flask, client: FlaskClient, dpu: str) -> Caller:
    return Caller(app, client, AUTHOR)


@pytest.fixture
def dpu(app: Flask) -> str:
    add_agency(app, "dpu")
    return "dpu"
