"""Delivery keys as text."""

from __future__ import annotations

import hashlib
import re

import pytest

from cms.consumers.keys import checksum_holds, digest, hint, make_key


def test_a_key_has_its_prefix_32_random_characters_and_a_checksum() -> None:
    keys = {make_key() for _ in range(200)}

    assert len(keys) == 200
    assert all(re.fullmatch(r"smp_[0-9A-Za-z]{38}", key) and checksum_holds(key) for key in keys)


def test_the_checksum_is_crc32_in_base62() -> None:
    # Worked out bit by bit, so that scanners elsewhere can rely on it.
    key = make_key()

    assert key[-6:] == _checksum_by_division(key[:-6])


def _checksum_by_division(body: str) -> str:
    number = _crc32_bitwise(body.encode())
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    return "".join(digits[number // 62**power % 62] for power in range(5, -1, -1))


def _crc32_bitwise(data: bytes) -> int:
    """CRC-32 (IEEE 802.3) bit by bit."""
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = (register >> 1) ^ (0xEDB88320 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


def test_every_single_wrong_character_is_noticed() -> None:
    key = make_key()

    for place in range(len(key)):
        other = "x" if key[place] != "x" else "y"
        assert not checksum_holds(key[:place] + other + key[place + 1 :])


@pytest.mark.parametrize("text", ["", "smp_", "smp_" + "a" * 38, "smp_" + "é" * 38, "smp_" + "\u0663" * 38])
def test_what_has_not_the_shape_of_a_key_is_none(text: str) -> None:
    assert not checksum_holds(text)
    assert not checksum_holds(make_key() + "\n")


def test_what_is_stored_is_the_sha256_and_what_is_shown_the_end() -> None:
    key = make_key()

    assert digest(key) == hashlib.sha256(key.encode()).hexdigest()
    assert hint(key) == key[-6:]
