"""Sending images, and looking at what became of them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from cms.media.tasks import make_renditions
from tests.documents.uploads import BOUNDARY, form, part
from tests.factories import post_content
from tests.media.pictures import jpeg
from tests.people import Caller

MEDIA = "/manage/v1/media"


def upload(caller: Caller, content: bytes | None = None, name: str = "jalan.jpg", **fields: Any) -> TestResponse:
    """Upload an image of Dinas Pekerjaan Umum."""
    given = {"agency": "dpu", **fields}
    parts = [part(key, str(value).encode()) for key, value in given.items() if value is not None]
    body = form(part("file", jpeg() if content is None else content, name), *parts)
    return caller("POST", MEDIA, data=body, content_type=f"multipart/form-data; boundary={BOUNDARY}")


def uploaded(caller: Caller, content: bytes | None = None, name: str = "jalan.jpg", **fields: Any) -> dict[str, Any]:
    """The image, with alternative text unless it is given otherwise."""
    answer = upload(caller, content, name, **{"alt": "Pekerja di Jalan MT Haryono", **fields})
    assert answer.status_code == 201, answer.json
    image: dict[str, Any] = answer.json["data"]  # type: ignore[index]
    return image


def work(app: Flask) -> int:
    """Let the worker make what waits; returns how many images that were."""
    with app.app_context():
        made = 0
        while make_renditions():
            made += 1
        return made


def opened(answer: TestResponse) -> Image.Image:
    """The picture of an answer."""
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return Image.open(BytesIO(answer.data))


def fault(answer: TestResponse) -> tuple[str, str]:
    """Pointer and code of the first fault."""
    error = answer.json["errors"][0]  # type: ignore[index]
    return error["pointer"], error["code"]


POSTS = "/manage/v1/posts"


def made(caller: Caller, **values: Any) -> dict[str, Any]:
    """A draft post."""
    answer = caller.post(POSTS, post_content(**values))
    assert answer.status_code == 201, answer.json
    post: dict[str, Any] = {**answer.json["data"], "etag": answer.headers["ETag"]}  # type: ignore[index]
    return post


def publish(caller: Caller, post: dict[str, Any], path: str = POSTS) -> TestResponse:
    return caller("POST", f"{path}/{post['id']}/publish", match=post["etag"], json={})


def published(caller: Caller, **values: Any) -> dict[str, Any]:
    """A published post."""
    post = made(caller, **values)
    answer = publish(caller, post)
    assert answer.status_code == 200, answer.json
    return {**answer.json["data"], "etag": answer.headers["ETag"]}  # type: ignore[index]


def body_with(image: dict[str, Any], alt: str = "", name: str = "/content.webp") -> str:
    return f"Jalan ditutup.\n\n![{alt}](/v1/media/{image['id']}{name})"
