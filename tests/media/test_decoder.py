"""The process that decodes images: it has little of everything, and what kills it harms nobody else (R-F6)."""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from structlog.testing import capture_logs

from cms.core.confined import CONFINEMENT
from cms.core.errors import Invalid, Unavailable
from cms.media import imaging
from cms.media.imaging import LIMITS, ImageRefused, Output, cut_image, keep_image
from cms.media.presets import PRESETS, cut
from tests.media.pictures import encoded, jpeg, picture


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "foto"
    path.write_bytes(jpeg())
    return path


def keep(photo: Path, **limits: int) -> dict[str, Any]:
    """Keep the photo with other limits."""
    task = {"task": "kept", "source": str(photo), "target": str(photo.with_name("kept"))}
    return imaging._done(task, {**LIMITS, **limits})


def test_a_photo_is_kept(photo: Path) -> None:
    kept = keep_image(photo, photo.with_name("kept"))

    assert (kept.format, kept.media_type, kept.width, kept.height, kept.frames) == ("JPEG", "image/jpeg", 1600, 1200, 1)


@pytest.mark.parametrize("limits", [{"memory_bytes": 30_000_000}, {"cpu_seconds": 0}, {"pixels": 1000}])
def test_who_needs_more_than_is_given_is_refused(photo: Path, limits: dict[str, int]) -> None:
    with pytest.raises(ImageRefused):
        keep(photo, **limits)

    assert keep(photo)["width"] == 1600


def test_the_largest_webp_fits_into_the_memory_that_is_given(tmp_path: Path) -> None:
    """With transparency, whose decoding takes most."""
    source, whole, alpha = tmp_path / "besar", picture(8000, 5000), Image.new("L", (8000, 5000), 255)
    alpha.paste(0, (4000, 0, 8000, 5000))
    whole.putalpha(alpha)
    whole.save(source, "WEBP", quality=50, method=0)

    done = keep(source)

    assert (done["kept_as"], done["width"], done["height"]) == ("WEBP", 4096, 2560)
    with Image.open(tmp_path / "kept") as kept:
        opaque, clear = (kept.convert("RGBA").getpixel(place) for place in ((10, 10), (4000, 10)))
    assert isinstance(opaque, tuple)
    assert isinstance(clear, tuple)
    assert (opaque[0] > 200, opaque[3], clear[3]) == (True, 255, 0)


def test_a_full_disk_is_not_the_fault_of_the_image(photo: Path) -> None:
    """A limit on the size of files stands in for it."""
    with pytest.raises(Unavailable):
        keep(photo, output_bytes=1000)


def test_a_decoder_that_runs_for_ever_is_killed_by_its_own_limit(tmp_path: Path) -> None:
    big = tmp_path / "besar"
    big.write_bytes(encoded(picture(5000, 5000), "PNG", compress_level=1))
    with pytest.raises(ImageRefused, match="too_demanding"):
        # Decoding takes no second; encoding a picture of this size again and again does.
        imaging._done(
            {
                "task": "renditions",
                "source": str(big),
                "outputs": [
                    {
                        "box": [0, 0, 4096, 4096], "width": 4000 - number, "height": 4000, "format": "WEBP",
                        "target": str(tmp_path / f"{number}"),
                    }
                    for number in range(200)
                ],
            },
            {**LIMITS, "cpu_seconds": 1, "memory_bytes": 2**32},
        )  # fmt: skip


def test_a_decoder_that_waits_for_ever_is_killed(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imaging, "WALL_SECONDS", 0.5)
    pipe = photo.with_name("pipe")
    os.mkfifo(pipe)
    began = time.perf_counter()

    with pytest.raises(Invalid) as refused:
        # Nobody ever writes into this pipe: opening it waits.
        keep_image(pipe, photo.with_name("kept"))

    assert refused.value.errors[0].code == "too_demanding"
    assert time.perf_counter() - began < 60


def test_one_image_at_a_time(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imaging, "WALL_SECONDS", 0.1)
    assert imaging._turn.acquire()
    try:
        with pytest.raises(Unavailable):
            keep_image(photo, photo.with_name("kept"))
    finally:
        imaging._turn.release()


def test_a_process_without_secrets_and_network(photo: Path) -> None:
    """What the decoder could do if an image took it over, asked from inside."""
    probe = """
import json, os, resource, socket, sys
sys.path.insert(0, FOLDER)
import confinement
confinement.confine(LIMITS)
def reachable():
    try:
        with socket.create_connection(("127.0.0.1", PORT), timeout=2):
            return True
    except OSError:
        return False
print(json.dumps([dict(os.environ), [resource.getrlimit(kind)[0] for kind in
      (resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_CORE)], reachable()]))
"""
    with listening() as port:
        code = (
            probe.replace("FOLDER", repr(str(CONFINEMENT.parent)))
            .replace("LIMITS", repr(LIMITS))
            .replace("PORT", str(port))
        )
        done = subprocess.run(
            [sys.executable, "-I", "-c", code], capture_output=True, env={}, check=True, timeout=30, cwd="/"
        )
    environment, limits, is_reachable = json.loads(done.stdout)

    assert not {name for name in environment if name != "LC_CTYPE"}
    assert limits == [10, 512 * 1024 * 1024, 0]
    if can_have_an_empty_network():
        assert not is_reachable


@contextmanager
def listening() -> Iterator[int]:
    """The port of a server of this test."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def can_have_an_empty_network() -> bool:
    """Whether this system lets a process take a network of its own."""
    code = "import ctypes; raise SystemExit(ctypes.CDLL(None).unshare(0x50000000) != 0)"
    return subprocess.run([sys.executable, "-c", code], check=False, timeout=30).returncode == 0


def test_the_limits_are_those_of_the_decoder_alone(photo: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)

    keep(photo)

    assert resource.getrlimit(resource.RLIMIT_AS) == before


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (4000, 1), (3, 2), (1200, 630), (4096, 4096), (630, 1200)])
@pytest.mark.parametrize("focus", [(0, 0), (50, 50), (100, 100), (7, 93)])
def test_cuts_lie_within_the_image_and_never_enlarge(size: tuple[int, int], focus: tuple[int, int]) -> None:
    for preset in PRESETS.values():
        made = cut(preset, *size, *focus)
        left, top, right, bottom = made.box

        assert 0 <= left < right <= size[0]
        assert 0 <= top < bottom <= size[1]
        assert 1 <= made.width <= min(preset.width, right - left)
        assert 1 <= made.height <= (bottom - top)


def test_a_cut_of_a_tiny_image_is_made(tmp_path: Path) -> None:
    source = tmp_path / "kecil"
    source.write_bytes(encoded(picture(1, 3), "PNG"))
    outputs = [Output(cut(preset, 1, 3, 50, 50), "WEBP", tmp_path / name) for name, preset in PRESETS.items()]

    cut_image(source, outputs)

    assert all(output.target.stat().st_size for output in outputs)


def test_a_decoder_that_crashes_says_where(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that dies of a fault, as a decoder in C may."""
    crashing = photo.with_name("crashing.py")
    crashing.write_text("import os, signal\n\ndef decode():\n    os.kill(os.getpid(), signal.SIGSEGV)\n\ndecode()\n")
    monkeypatch.setattr(imaging, "PROGRAM", crashing)

    with capture_logs() as told, pytest.raises(ImageRefused):
        keep(photo)

    (line,) = told
    assert (line["log_level"], line["exit_code"]) == ("warning", -11)
    assert "Fatal Python error: Segmentation fault" in line["said"]
    assert "in decode" in line["said"]
