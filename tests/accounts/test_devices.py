"""Sessions say from which device and address they were last used, in words of ours."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from cms.accounts.devices import _PROGRAMS, _SYSTEMS, device_words
from cms.accounts.models import SignInSession
from cms.core.db import table_of
from tests.accounts.persons import LOGIN, ME, PASSWORD, REFRESH, USERS, add_person, bearer, signed_in

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36"
)
SAMPLES = {
    FIREFOX: "Firefox, Windows",
    PHONE: "Chrome, Android",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 "
    "Edg/141.0.0.0": "Edge, Windows",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
    "Mobile/15E148 Safari/604.1": "Safari, iPhone",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15": "Safari, macOS",
    "Mozilla/5.0 (Linux; Android 14; SM-A546E) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0 "
    "Mobile Safari/537.36": "Samsung Internet, Android",
    "curl/8.14.1": "curl",
    "okhttp/4.12.0": "okhttp",
    "<script>alert(1)</script>": None,
    "": None,
    "x" * 100_000 + "Firefox/1": None,
}


@pytest.mark.parametrize(("user_agent", "words"), SAMPLES.items(), ids=range(len(SAMPLES)))
def test_devices_are_named_in_words(user_agent: str, words: str | None) -> None:
    assert device_words(user_agent) == words


@given(st.text(max_size=600))
def test_nothing_of_the_request_is_copied(user_agent: str) -> None:
    allowed = {name for names in (_PROGRAMS, _SYSTEMS) for _mark, name in names}
    assert set((device_words(user_agent) or "").split(", ")) <= allowed | {""}


def test_the_longest_words_fit_into_the_column() -> None:
    longest = ", ".join(max((name for _mark, name in names), key=len) for names in (_PROGRAMS, _SYSTEMS))
    assert len(longest) <= table_of(SignInSession).c.device.type.length  # type: ignore[attr-defined]


def test_a_session_names_device_and_address_of_its_newest_refresh(app: Flask, client: FlaskClient) -> None:
    person, admin = add_person(app), signed_in(client, add_person(app, "Ani"))
    body = {"email": person.email, "password": PASSWORD}
    home = {"headers": {"User-Agent": FIREFOX}, "environ_overrides": {"REMOTE_ADDR": "203.0.113.7"}}
    tokens = client.post(LOGIN, json=body, **home).json

    shown = client.get(f"{ME}/sessions", headers=bearer(tokens["access_token"])).json["data"]
    assert [(each["device"], each["address"]) for each in shown] == [("Firefox, Windows", "203.0.113.7")]

    elsewhere = {"headers": {"User-Agent": PHONE}, "environ_overrides": {"REMOTE_ADDR": "2001:db8::7"}}
    client.post(REFRESH, json={"refresh_token": tokens["refresh_token"]}, **elsewhere)

    shown = client.get(f"{USERS}/{person.id}/sessions", headers=admin).json["data"]
    assert [(each["device"], each["address"]) for each in shown] == [("Chrome, Android", "2001:db8::7")]
