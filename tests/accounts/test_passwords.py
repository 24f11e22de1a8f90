"""Which passwords are refused, and how many are verified at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from cms.accounts import passwords
from cms.accounts.password_policy import check_new_password, common_words, weakness
from cms.accounts.passwords import generate_password, hash_password, needs_rehash, verify_password
from cms.core.errors import Invalid


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword", "Password123456", "p4ssw0rd-2026!!", "aaaaaaaaaaaaaa", "abcabcabcabcabc", "123456789012", "qwertyuiop123",
        "Balikpapan2026!", "b4l1kp4p4n-2025", "DiskominfoKota2024", "pemkotbalikpapan1", "admin-admin-admin", "Rahasia12345678",
        "zyxwvutsrqponm", "correct horse battery staple", "SitiRahmah1987!", "siti.rahmah@balikpapan", "iloveyouforever1",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_refused(password: str) -> None:
    assert weakness(password, ["siti.rahmah@balikpapan.example", "Siti Rahmah"]) is not None


@pytest.mark.parametrize(
    "password",
    [
        "teluk-tenang-17-burung", "four random words here", "Xk7$mQ2#vL9!", "kepiting soka goreng mentega", "ubur-ubur lewat jembatan",
        "パスワードは秘密の言葉です", "correct zebra granite kettle",
    ],
)  # fmt: skip
def test_what_takes_an_attacker_long_is_accepted(password: str) -> None:
    check_new_password("/password", password, ["siti.rahmah@balikpapan.example", "Siti Rahmah"])


def test_generated_passwords_pass_the_rules_and_differ() -> None:
    made = {generate_password() for _ in range(200)}
    assert len(made) == 200
    assert all(weakness(password) is None for password in made)


@pytest.mark.parametrize(
    ("password", "code"), [("k7$mQ2#vL9!", "too_short"), ("é" * 257, "too_long"), ("xk7$mQ2#vL" * 26, "too_long")]
)
def test_length_is_counted_in_characters(password: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_new_password("/password", password)
    assert [(error.name, error.code) for error in refused.value.errors] == [("/password", code)]


@given(st.text(max_size=256))
def test_no_text_breaks_the_check(password: str) -> None:
    weakness(password, ["siti@balikpapan.example"])


def test_the_list_is_lower_case_and_has_no_short_words() -> None:
    assert all(word == word.casefold() and len(word) >= 4 for word in common_words())


@pytest.mark.usefixtures("context")
def test_long_passwords_are_not_cut() -> None:
    password = "x" * 255
    stored = hash_password(password + "a")
    assert verify_password(stored, password + "a")
    assert not verify_password(stored, password + "b")
    assert not verify_password(stored, password)
    assert not needs_rehash(stored)


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$m=1"])
def test_no_hash_or_a_damaged_one_matches_nothing(stored: str | None) -> None:
    assert not verify_password(stored, "teluk-tenang-17-burung")


class WatchedHasher:
    """The real hasher, which also sees how many callers are inside at once."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self.hasher, self.running, self.most, self.lock = hasher, 0, 0, threading.Lock()
        self.memory_cost, self.time_cost, self.parallelism = hasher.memory_cost, hasher.time_cost, hasher.parallelism

    def verify(self, stored: str, password: str) -> bool:
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        try:
            time.sleep(0.01)
            return self.hasher.verify(stored, password)
        finally:
            with self.lock:
                self.running -= 1


def test_no_more_than_the_limit_are_verified_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        watched = WatchedHasher(passwords._hasher())
    monkeypatch.setattr(passwords, "_hasher", lambda: watched)
    monkeypatch.setattr(passwords, "QUEUE_SECONDS", 60)

    def attempt(_number: int) -> bool:
        with app.app_context():
            return verify_password(None, "teluk-tenang-17-burung")

    with ThreadPoolExecutor(16) as pool:
        assert not any(pool.map(attempt, range(16)))
    assert watched.most == passwords.MOST_AT_ONCE
