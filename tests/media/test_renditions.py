"""The worker's part: renditions are made once, survive what goes wrong, and their bytes are swept with the image."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from cms.core.db import session
from cms.core.runtime import runtime
from cms.documents.tasks import sweep_orphans
from cms.media import renditions
from cms.media.imaging import ImageRefused
from cms.media.models import Image, Rendition
from cms.media.presets import NAMES
from cms.media.tasks import purge_deleted_images
from tests.conftest import NOW
from tests.media.library import MEDIA, opened, uploaded, work
from tests.media.pictures import jpeg
from tests.people import Caller


def test_renditions_are_made_once(app: Flask, author: Caller) -> None:
    images = [uploaded(author, jpeg(shade=shade)) for shade in (1, 2)]

    assert work(app) == 2
    assert work(app) == 0

    with app.app_context():
        rows = session.execute(select(Rendition.image_id, Rendition.name)).all()
        assert {tuple(row) for row in rows} == {(image["id"], name) for image in images for name in NAMES}
        assert all(runtime().storage.size(row.sha256) == row.bytes for row in session.scalars(select(Rendition)))
    shown = author.get(f"{MEDIA}/{images[0]['id']}").json["data"]  # type: ignore[index]
    assert shown["state"] == "ready"
    assert opened(author.get(shown["renditions"]["square"]["webp"])).size == (1080, 1080)


def test_an_image_that_cannot_be_cut_does_not_hold_up_the_others(
    app: Flask, author: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a server with too little memory: readers keep the whole image."""
    first, second = uploaded(author, jpeg(shade=1)), uploaded(author, jpeg(shade=2))
    real = renditions.cut_image
    calls: list[Any] = []

    def fail_once(source: Any, outputs: Any) -> None:
        calls.append(source)
        if len(calls) == 1:
            raise ImageRefused("too_demanding")
        real(source, outputs)

    monkeypatch.setattr(renditions, "cut_image", fail_once)

    assert work(app) == 2

    with app.app_context():
        made = set(session.scalars(select(Rendition.image_id)))
    assert made == {second["id"]}
    assert opened(author.get(first["renditions"]["card"]["webp"])).size == (1600, 1200)


def test_a_focal_point_that_moves_meanwhile_is_not_forgotten(
    app: Flask, author: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = uploaded(author)
    real = renditions.cut_image

    def move_first(source: Any, outputs: Any) -> None:
        monkeypatch.setattr(renditions, "cut_image", real)
        assert author("PATCH", f"{MEDIA}/{image['id']}", match=1, json={"focal_point": {"x": 0}}).status_code == 200
        real(source, outputs)

    monkeypatch.setattr(renditions, "cut_image", move_first)

    assert work(app) == 2

    with app.app_context():
        current = session.get_one(Image, image["id"])
        assert set(session.scalars(select(Rendition.fingerprint))) == {current.fingerprint}
        assert current.waiting_since is None


def test_an_image_that_is_removed_meanwhile_leaves_nothing(
    app: Flask, author: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = uploaded(author)
    real = renditions.cut_image

    def remove_first(source: Any, outputs: Any) -> None:
        assert author("DELETE", f"{MEDIA}/{image['id']}", match=1).status_code == 204
        real(source, outputs)

    monkeypatch.setattr(renditions, "cut_image", remove_first)

    work(app)

    with app.app_context():
        assert session.scalar(select(func.count()).select_from(Rendition)) == 0


def test_bytes_are_swept_once_nothing_names_them(
    app: Flask, author: Caller, moment: Callable[[timedelta], None]
) -> None:
    kept, removed = uploaded(author, jpeg(shade=1)), uploaded(author, jpeg(shade=2))
    work(app)
    author("DELETE", f"{MEDIA}/{removed['id']}", match=1)

    with app.app_context():
        storage: Any = runtime().storage
        assert storage.exists(removed["sha256"])
        long_ago = (NOW - timedelta(days=30)).timestamp()
        for path in storage.folder.glob("??/??/*"):
            os.utime(path, (long_ago, long_ago))
        assert purge_deleted_images() == 0
        sweep_orphans()
        # A rollback may still bring it back.
        assert storage.exists(removed["sha256"])

        moment(timedelta(hours=73))
        assert (purge_deleted_images(), purge_deleted_images()) == (1, 0)
        sweep_orphans()

        assert storage.exists(kept["sha256"])
        assert not storage.exists(removed["sha256"])
        assert all(storage.exists(digest) for digest in session.scalars(select(Rendition.sha256)))
