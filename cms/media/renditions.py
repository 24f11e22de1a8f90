"""Makes the files of an image's renditions, outside of any transaction."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from cms.core.runtime import runtime
from cms.core.storage.blobs import storage_errors
from cms.core.storage.uploads import incoming_path, measured
from cms.media.imaging import Output, cut_image
from cms.media.models import Image, Rendition
from cms.media.presets import ENCODINGS, PRESETS, Cut, Encoding, cut


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A rendition to be made."""

    name: str
    cut: Cut
    encoding: Encoding


def made_renditions(image: Image) -> list[Rendition]:
    """Make and store all renditions; their rows are not written yet. Raises `ImageRefused`, `Unavailable`."""
    wanted = [
        _Wanted(
            f"{name}.{encoding.extension}",
            cut(preset, image.width, image.height, image.focal_x, image.focal_y),
            encoding,
        )
        for name, preset in PRESETS.items()
        for encoding in ENCODINGS.values()
    ]
    with ExitStack() as stack:
        source = stack.enter_context(incoming_path())
        targets = [stack.enter_context(incoming_path()) for _ in wanted]
        _fetch(image.sha256, source)
        cut_image(
            source, [Output(each.cut, each.encoding.format, path) for each, path in zip(wanted, targets, strict=True)]
        )
        return [_stored(image, each, path) for each, path in zip(wanted, targets, strict=True)]


def _fetch(sha256: str, target: Path) -> None:
    chunks = runtime().storage.open(sha256)
    with storage_errors(), target.open("xb") as file:
        for chunk in chunks:
            file.write(chunk)


def _stored(image: Image, wanted: _Wanted, path: Path) -> Rendition:
    file = measured(path)
    runtime().storage.put(file.path, file.sha256)
    return Rendition(
        image_id=image.id, fingerprint=image.fingerprint, name=wanted.name, width=wanted.cut.width, height=wanted.cut.height,
        media_type=wanted.encoding.media_type, bytes=file.bytes, sha256=file.sha256,
    )  # fmt: skip
