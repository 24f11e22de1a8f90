"""Scenarios of tests/test_services.py: images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cms.core.db import session
from cms.editorial.images import services as images
from cms.editorial.items.services import publish_item, update_item
from cms.media import services as media
from cms.media.models import Image, Rendition
from cms.media.uploads import received_image
from cms.posts.content import POST
from tests.access.world import World
from tests.factories import seen
from tests.media.pictures import jpeg

FIRST = frozenset({1})
Act = Callable[[], Any]
Scenario = Callable[[World], Act]


def add_image(world: World) -> Act:
    def act() -> None:
        with received_image([jpeg(64, 48)], "jalan.jpg") as upload:
            media.add_image(world.callers["central"].actor, upload, {"agency": "dpu", "alt": "Jalan"})

    return act


def on_image(act: Callable[..., Any], *more: Any) -> Scenario:
    """A service on an image that nothing shows."""

    def prepare(world: World) -> Act:
        image = world.image()["id"]
        return lambda: act(world.callers["central"].actor, image, FIRST, *more)

    return prepare


def save_with_cover(world: World) -> Act:
    image, item = world.image()["id"], world.item("post")
    return lambda: update_item(POST, world.callers["central"].actor, item.id, {"cover": image}, seen(item))


def publish_with_cover(world: World) -> Act:
    image, item, central = world.image()["id"], world.item("post"), world.callers["central"].actor
    with world.app.app_context():
        edited = update_item(POST, central, item.id, {"cover": image}, seen(item)).item
    return lambda: publish_item(POST, central, item.id, seen(edited))


def keep_renditions(world: World) -> Act:
    image_id = world.image()["id"]

    def act() -> None:
        image = session.get_one(Image, image_id)
        made = Rendition(
            image_id=image_id, fingerprint=image.fingerprint, name="w320.webp", width=64, height=48, media_type="image/webp",
            bytes=1, sha256="0" * 64,
        )  # fmt: skip
        media.keep_renditions(image, [made])

    return act


SILENT = frozenset({"media.keep_renditions"})
SCENARIOS: dict[str, Scenario] = {
    "media.add_image": add_image,
    "media.keep_renditions": keep_renditions,
    "editorial.update_image": on_image(images.update_image, {"alt": "Lain", "focal_x": 0}),
    "editorial.delete_image": on_image(images.delete_image),
    "editorial.update_item with cover": save_with_cover,
    "editorial.publish_item with cover": publish_with_cover,
}
