"""A restored server: who waits is told, lost lines are no longer claimed, and everybody learns that another course of history began."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from standardwebhooks import Webhook as Verifier

from cms.changes.followers import follow_log
from cms.changes.installation import current_epoch
from cms.changes.services import renew_epoch
from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.permissions import system_actor
from cms.webhooks.followers import NAME, fan_out
from cms.webhooks.services.messages import replay_messages
from tests.agencies.administration import ADMIN, Caller
from tests.cli.restorable import cms, installation, use_packaged_programs
from tests.factories import add_city, add_consumer, add_published_post
from tests.webhooks.receivers import Received, Receiver, receiving
from tests.webhooks.sending import drain, endpoint, sender_to, tried


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    use_packaged_programs(monkeypatch)


@pytest.fixture
def source(environment: dict[str, str], migrated_database: str, tmp_path: Path) -> Iterator[Flask]:
    with installation(environment, tmp_path / "source", migrated_database) as app:
        add_city(app)
        yield app


def epoch_of(app: Flask) -> str:
    with app.app_context(), unit_of_work() as unit:
        return current_epoch(unit)


def send(app: Flask, receiver: Receiver) -> list[Received]:
    """What a sender sends now."""
    before = len(receiver.received)
    drain(app, sender_to(receiver))
    return receiver.received[before:]


def names(requests: list[Received]) -> list[tuple[str, str, int]]:
    return sorted(
        (each.message["type"], each.headers["webhook-id"], each.message["data"]["sequence"]) for each in requests
    )


@dataclass(frozen=True, slots=True)
class Before:
    """A server that told of two posts, one of them after its backup, and what the backup holds as waiting."""

    consumer: str
    made: dict[str, Any]
    narrow: dict[str, Any]
    epoch: str
    first: Received
    waited: Received
    lost: Received


def before_and_backed_up(source: Flask, receiver: Receiver, backup: Path) -> Before:
    """`narrow` asks for withdrawn posts of another agency alone."""
    consumer = add_consumer(source)
    admin, webhooks = Caller(source, source.test_client(), ADMIN), f"consumers/{consumer}/webhooks"
    made = endpoint(source, admin, webhooks, receiver)
    narrow = endpoint(source, admin, webhooks, receiver, actions=["withdrawn"], agencies=["dishub"])
    add_published_post(source)
    (first,) = send(source, receiver)
    add_published_post(source)
    with source.app_context():
        follow_log(NAME, fan_out)
    done = cms(source, "backup", str(backup))
    assert done.exit_code == 0, done.output
    (waited,) = send(source, receiver)
    add_published_post(source)
    (lost,) = send(source, receiver)
    return Before(consumer, made, narrow, epoch_of(source), first, waited, lost)


def test_what_was_told_before_and_after_a_restore(source: Flask, environment: dict[str, str], tmp_path: Path) -> None:
    with (
        receiving() as receiver,
        clock.frozen(datetime.now(UTC)),
        installation(environment, tmp_path / "target") as target,
    ):
        before = before_and_backed_up(source, receiver, tmp_path / "backup")
        restored = cms(target, "restore", str(tmp_path / "backup"))
        assert restored.exit_code == 0, restored.output
        epoch, told = epoch_of(target), send(target, receiver)

        began = [each for each in told if each.message["type"] == "epoch.began"]
        (again,) = [each for each in told if each not in began]
        assert len(began) == 2, "whatever they ask for"
        data = began[0].message["data"]
        assert (data["epoch"], data["type"], data["id"], data["url"]) == (epoch, "installation", epoch, None)
        assert data["cause"] == "restore"
        # What waited in the backup has the name that it had, and says where it stands now.
        was, now = before.waited.message["data"], again.message["data"]
        assert again.headers["webhook-id"] == before.waited.headers["webhook-id"]
        assert (was["epoch"], now["epoch"], was["sequence"]) == (before.epoch, epoch, now["sequence"])

        add_published_post(target)
        (after,) = send(target, receiver)
        # The number may be that of a line which is lost: the name of the message is another.
        assert after.headers["webhook-id"] == f"{epoch}-{after.message['data']['sequence']}"
        assert before.lost.headers["webhook-id"] == f"{before.epoch}-{before.lost.message['data']['sequence']}"
        assert Verifier(before.made["secret"]).verify(after.body, after.headers) == after.message


def test_a_replay_after_a_restore_is_about_lines_as_they_stand_now(
    source: Flask, environment: dict[str, str], tmp_path: Path
) -> None:
    with receiving() as receiver, installation(environment, tmp_path / "target") as target:
        before = before_and_backed_up(source, receiver, tmp_path / "backup")
        assert cms(target, "restore", str(tmp_path / "backup")).exit_code == 0
        epoch, told = epoch_of(target), send(target, receiver)
        began = next(each.message["data"]["sequence"] for each in told if each.message["type"] == "epoch.began")
        first = before.first.message["data"]["sequence"]
        with target.app_context():
            assert replay_messages(ADMIN, before.consumer, before.made["id"], first, first) == 1
            assert replay_messages(ADMIN, before.consumer, before.narrow["id"], first, began) == 1
        assert names(send(target, receiver)) == [
            ("epoch.began", f"{epoch}-{began}", began),
            ("post.published", f"{epoch}-{first}", first),
        ]


def test_a_restore_with_another_secret_sends_nothing_and_says_why(
    source: Flask, environment: dict[str, str], tmp_path: Path
) -> None:
    """As on a machine for tests: the real websites are not spoken to."""
    admin = Caller(source, source.test_client(), ADMIN)
    with receiving() as receiver:
        made = endpoint(source, admin, f"consumers/{add_consumer(source)}/webhooks", receiver)
        assert cms(source, "backup", str(tmp_path / "backup")).exit_code == 0
        other = {**environment, "SECRET_KEY": "another-secret-" * 4}
        with installation(other, tmp_path / "target") as target:
            assert cms(target, "restore", str(tmp_path / "backup")).exit_code == 0
            assert send(target, receiver) == []
            assert [each["error"] for each in tried(target, made)[0]["tries"]] == ["secret_lost"]


def test_a_renewed_epoch_is_told_like_a_restore(app: Flask, admin: Caller, webhooks: str) -> None:
    with receiving() as receiver:
        endpoint(app, admin, webhooks, receiver, types=["document"], actions=["published"])
        with app.app_context():
            position = renew_epoch(system_actor("test"), "snapshot of Monday")
        (told,) = send(app, receiver)
    assert (told.message["type"], told.headers["webhook-id"]) == (
        "epoch.began",
        f"{position.epoch}-{position.sequence}",
    )
