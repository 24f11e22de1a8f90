"""A restored server: who waits is told, lost lines are no longer claimed, and everybody learns that another course of history began."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

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
def source(environment: dict[str, str], tmp_path: Path) -> Iterator[Flask]:
    with installation(environment, tmp_path / "source") as app:
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


def test_what_was_told_before_and_after_a_restore(source: Flask, environment: dict[str, str], tmp_path: Path) -> None:
    consumer = add_consumer(source)
    admin = Caller(source, source.test_client(), ADMIN)
    with receiving() as receiver, clock.frozen(datetime.now(UTC)):
        # One that asks for withdrawn posts of another agency alone learns of the restore as well.
        made = endpoint(source, admin, f"consumers/{consumer}/webhooks", receiver)
        narrow = endpoint(
            source, admin, f"consumers/{consumer}/webhooks", receiver, actions=["withdrawn"], agencies=["dishub"]
        )
        add_published_post(source)
        (first,) = send(source, receiver)
        add_published_post(source)
        with source.app_context():
            follow_log(NAME, fan_out)
        backup = cms(source, "backup", str(tmp_path / "backup"))
        assert backup.exit_code == 0, backup.output
        (waited,) = send(source, receiver)
        add_published_post(source)
        (lost,) = send(source, receiver)
        old = epoch_of(source)

        with installation(environment, tmp_path / "target", is_migrated=False) as target:
            restored = cms(target, "restore", str(tmp_path / "backup"))
            assert restored.exit_code == 0, restored.output
            new = epoch_of(target)
            told = send(target, receiver)
            began = [each for each in told if each.message["type"] == "epoch.began"]
            (again,) = [each for each in told if each not in began]
            # What waited in the backup has the name that it had, and says where it stands now.
            assert again.headers["webhook-id"] == waited.headers["webhook-id"]
            assert (waited.message["data"]["epoch"], again.message["data"]["epoch"]) == (old, new)
            assert again.message["data"]["sequence"] == waited.message["data"]["sequence"]
            assert len(began) == 2
            assert {each.headers["webhook-signature"] for each in began} != {None}
            data = began[0].message["data"]
            assert (data["epoch"], data["type"], data["id"], data["cause"], data["url"]) == (
                new,
                "installation",
                new,
                "restore",
                None,
            )

            add_published_post(target)
            (after,) = send(target, receiver)
            # The number may be that of a line which is lost: the name of the message is another.
            assert after.headers["webhook-id"] == f"{new}-{after.message['data']['sequence']}"
            assert lost.headers["webhook-id"] == f"{old}-{lost.message['data']['sequence']}"
            assert Verifier(made["secret"]).verify(after.body, after.headers) == after.message

            # A replay is about lines as they stand now.
            sequence = first.message["data"]["sequence"]
            with target.app_context():
                assert replay_messages(ADMIN, consumer, made["id"], sequence, sequence) == 1
                assert replay_messages(ADMIN, consumer, narrow["id"], sequence, data["sequence"]) == 1
            assert names(send(target, receiver)) == [
                ("epoch.began", f"{new}-{data['sequence']}", data["sequence"]),
                ("post.published", f"{new}-{sequence}", sequence),
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
        with installation(other, tmp_path / "target", is_migrated=False) as target:
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
