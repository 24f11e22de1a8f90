"""The key ring: from memory while nothing changes, never longer than a key is good."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from flask import Flask

from cms.changes.heads import read_heads
from cms.consumers import key_cache as keyring
from cms.consumers.key_cache import KeyCache, KeyHolder
from cms.consumers.keys import make_key
from cms.consumers.models import Consumer
from cms.consumers.queries import get_key
from cms.consumers.services import (
    IssuedKey,
    create_key,
    register_consumer,
    revoke_key,
    rotate_key,
    update_consumer,
    write_key_uses,
)
from cms.core import clock
from cms.core.errors import Unauthenticated
from tests.agencies.administration import ADMIN, logged
from tests.conftest import NOW, counted_statements

WEBSITE = {
    "name": "Situs DPU",
    "kind": "website",
    "agency": "dpu",
    "contact": {"name": "Pengelola", "email": "situs@dpu.example"},
    "origins": ["https://dpu.example"],
}
SEEN = frozenset({1})


@pytest.fixture
def ring(app: Flask) -> KeyCache:
    return KeyCache(app.extensions["simpul"].reader)


@pytest.fixture
def consumer(app: Flask, dpu: str) -> Consumer:
    with app.app_context():
        return register_consumer(ADMIN, WEBSITE)


@pytest.fixture
def issued(app: Flask, consumer: Consumer) -> IssuedKey:
    with app.app_context():
        return create_key(ADMIN, consumer.id, scopes=["content:read"], agencies=["dpu"])


def position(app: Flask) -> int:
    return read_heads(app.extensions["simpul"].reader).access


def is_refused(app: Flask, ring: KeyCache, token: str) -> bool:
    """Whether the ring refuses the key at the present position of the log."""
    with suppress(Unauthenticated):
        ring.holder(token, position(app), clock.now_micros())
        return False
    return True


def test_a_key_tells_who_holds_it_and_what_it_opens(
    app: Flask, ring: KeyCache, consumer: Consumer, issued: IssuedKey
) -> None:
    assert ring.holder(issued.text, position(app), clock.now_micros()) == KeyHolder(
        consumer_id=consumer.id,
        key_id=issued.key.id,
        name="Situs DPU",
        kind="website",
        scopes=frozenset({"content:read"}),
        agencies=frozenset({"dpu"}),
        origins=frozenset({"https://dpu.example"}),
        expires_at=clock.micros(NOW + timedelta(days=365)),
    )


def test_a_key_without_limit_opens_all_agencies(app: Flask, ring: KeyCache, consumer: Consumer) -> None:
    with app.app_context():
        issued = create_key(ADMIN, consumer.id)

    assert ring.holder(issued.text, position(app), clock.now_micros()).agencies is None


def test_a_wrong_checksum_is_refused_without_a_look_at_the_database(app: Flask, ring: KeyCache) -> None:
    with counted_statements(app) as statements:
        for token in (make_key()[:-1] + "!", make_key()[:-6] + "000000", "garbage", ""):
            with pytest.raises(Unauthenticated, match="invalid_token"):
                ring.holder(token, 7, clock.now_micros())

    assert statements == []


def test_known_and_unknown_keys_cost_one_statement_for_each_position_of_the_log(
    app: Flask, ring: KeyCache, issued: IssuedKey
) -> None:
    unknown = make_key()
    for sequence in (100, 101):
        with counted_statements(app) as statements:
            for _ in range(3):
                ring.holder(issued.text, sequence, clock.now_micros())
                with pytest.raises(Unauthenticated):
                    ring.holder(unknown, sequence, clock.now_micros())
        assert len(statements) == 2


def test_what_is_remembered_is_bounded(
    app: Flask, ring: KeyCache, issued: IssuedKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "MOST_UNKNOWN", 3)
    monkeypatch.setattr(keyring, "MOST_KNOWN", 1)
    with app.app_context():
        other = create_key(ADMIN, issued.key.consumer_id)
    for _ in range(10):
        with pytest.raises(Unauthenticated):
            ring.holder(make_key(), 100, clock.now_micros())
        ring.holder(issued.text, 100, clock.now_micros())
        ring.holder(other.text, 100, clock.now_micros())

    assert (len(ring._memory.unknown), len(ring._memory.holders)) <= (3, 1)


def test_an_old_position_never_brings_back_what_a_newer_one_forgot(
    app: Flask, ring: KeyCache, issued: IssuedKey
) -> None:
    before = position(app)
    ring.holder(issued.text, before, clock.now_micros())
    with app.app_context():
        revoke_key(ADMIN, issued.key.consumer_id, issued.key.id, SEEN)

    assert is_refused(app, ring, issued.text)
    with pytest.raises(Unauthenticated):
        ring.holder(issued.text, before, clock.now_micros())


def test_forgetting_starts_anew(app: Flask, ring: KeyCache, issued: IssuedKey) -> None:
    ring.holder(issued.text, 100, clock.now_micros())
    ring.forget()

    with counted_statements(app) as statements:
        ring.holder(issued.text, 3, clock.now_micros())
    assert len(statements) == 1


def test_a_revoked_key_is_refused_with_the_next_request(app: Flask, ring: KeyCache, issued: IssuedKey) -> None:
    assert not is_refused(app, ring, issued.text)
    with app.app_context():
        revoke_key(ADMIN, issued.key.consumer_id, issued.key.id, SEEN)

    assert is_refused(app, ring, issued.text)


def test_the_keys_of_a_consumer_that_is_switched_off_are_refused_until_it_is_back(
    app: Flask, ring: KeyCache, consumer: Consumer, issued: IssuedKey
) -> None:
    assert not is_refused(app, ring, issued.text)
    with app.app_context():
        update_consumer(ADMIN, consumer.id, frozenset({1}), {"is_active": False})
    assert is_refused(app, ring, issued.text)
    with app.app_context():
        update_consumer(ADMIN, consumer.id, frozenset({2}), {"is_active": True})

    assert not is_refused(app, ring, issued.text)


def test_a_new_key_works_at_once_even_when_it_was_tried_before(
    app: Flask, ring: KeyCache, consumer: Consumer, issued: IssuedKey
) -> None:
    with app.app_context():
        fresh = create_key(ADMIN, consumer.id)

    assert not is_refused(app, ring, fresh.text)


def test_a_key_ends_to_the_second_though_it_is_remembered(
    app: Flask, ring: KeyCache, issued: IssuedKey, moment: Callable[[timedelta], None]
) -> None:
    moment(timedelta(days=365) - timedelta(seconds=1))
    assert not is_refused(app, ring, issued.text)
    moment(timedelta(seconds=1))

    assert is_refused(app, ring, issued.text)


def test_both_keys_work_while_a_rotation_overlaps(
    app: Flask, ring: KeyCache, issued: IssuedKey, moment: Callable[[timedelta], None]
) -> None:
    with app.app_context():
        successor = rotate_key(ADMIN, issued.key.consumer_id, issued.key.id, SEEN, overlap_days=7)
    holder = ring.holder(successor.text, position(app), clock.now_micros())
    assert (holder.scopes, holder.agencies) == (frozenset({"content:read"}), frozenset({"dpu"}))
    moment(timedelta(days=7) - timedelta(seconds=1))
    assert not is_refused(app, ring, issued.text)
    moment(timedelta(seconds=1))

    assert is_refused(app, ring, issued.text)
    assert not is_refused(app, ring, successor.text)


def test_a_rotation_without_overlap_ends_the_old_key_now(app: Flask, ring: KeyCache, issued: IssuedKey) -> None:
    assert not is_refused(app, ring, issued.text)
    with app.app_context():
        rotate_key(ADMIN, issued.key.consumer_id, issued.key.id, SEEN, overlap_days=0)

    assert is_refused(app, ring, issued.text)


def test_uses_are_noted_in_memory_and_written_to_the_minute(
    app: Flask, ring: KeyCache, issued: IssuedKey, moment: Callable[[timedelta], None]
) -> None:
    lines = logged(app)
    moment(timedelta(seconds=59))
    with counted_statements(app) as statements:
        for _ in range(5):
            ring.note_use(issued.key.id, clock.now_micros())
    assert statements == []

    with app.app_context():
        assert write_key_uses(ring) == 1
        assert write_key_uses(ring) == 0
        assert get_key(issued.key.consumer_id, issued.key.id).last_used_at == NOW
    assert logged(app) == lines


def test_a_late_writer_does_not_turn_last_used_back(
    app: Flask, ring: KeyCache, issued: IssuedKey, moment: Callable[[timedelta], None]
) -> None:
    late = KeyCache(app.extensions["simpul"].reader)
    late.note_use(issued.key.id, clock.now_micros())
    moment(timedelta(minutes=5))
    ring.note_use(issued.key.id, clock.now_micros())
    with app.app_context():
        write_key_uses(ring)
        write_key_uses(late)
        assert get_key(issued.key.consumer_id, issued.key.id).last_used_at == NOW + timedelta(minutes=5)
