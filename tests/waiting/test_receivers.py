"""Receivers that take nothing: they hold some threads for a while, never the last one, and TCP ends them."""

from __future__ import annotations

import time
from collections.abc import Mapping

from cms.cli.listening import SILENT_SECONDS
from cms.core.http.streams import LARGEST_BLOCK
from cms.core.permissions import Role
from tests.people import PASSWORD, People, email_of
from tests.waiting.conftest import WEB_THREADS, Serve
from tests.waiting.crowds import ask, assert_healthy
from tests.waiting.receivers import IMAGE_BYTES, large_image, silent_receivers, storage_settings

__all__ = ["large_image", "storage_settings"]


def test_silent_receivers_keep_nobody_from_health_lists_and_signing_in(
    large_image: str, people: People, serve: Serve, storage_settings: Mapping[str, str]
) -> None:
    email = email_of(people.person(Role.AUTHOR, "dpu").actor)
    with serve(**storage_settings) as port:
        whole = ask(port, large_image)
        assert (whole.status, len(whole.body)) == (200, IMAGE_BYTES)
        with silent_receivers(4 * WEB_THREADS, port, large_image):
            assert_healthy(port)
            assert ask(port, "/v1/posts").status == 200
            signed_in = ask(port, "/manage/v1/auth/login", "POST", {"email": email, "password": PASSWORD})
            assert signed_in.status == 200
            # One more is told to come back; what fits into one block needs no thread that waits.
            refused = ask(port, large_image)
            assert (refused.status, refused.code, refused.headers["Retry-After"]) == (503, "unavailable", "5")
            small = ask(port, large_image, headers={"Range": f"bytes=0-{LARGEST_BLOCK - 1}"})
            assert (small.status, len(small.body)) == (206, LARGEST_BLOCK)


def test_a_silent_receiver_is_ended(large_image: str, serve: Serve, storage_settings: Mapping[str, str]) -> None:
    with serve(**storage_settings) as port, silent_receivers(2 * WEB_THREADS, port, large_image):
        ends_at = time.monotonic() + 2 * SILENT_SECONDS
        while ask(port, large_image).status != 200:
            assert time.monotonic() < ends_at, "the receivers hold their places for ever"
            time.sleep(1)
