"""Making the renditions of images: work of the background worker, one image at a time.

Decoding happens outside of any transaction; the rows are written when all files are stored. Until then the addresses answer
with the whole image, so that nobody waits for the worker.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, select

from cms.core.db import rolled_back, session, unit_of_work
from cms.core.dead_letters import not_resting, putting_aside
from cms.core.logging import get_logger
from cms.core.runtime import runtime
from cms.core.storage.blobs import storage_errors
from cms.core.storage.uploads import incoming_path, measured
from cms.media.imaging import ImageRefused, Output, cut_image
from cms.media.models import Image, Rendition
from cms.media.presets import ENCODINGS, PRESETS, Cut, Encoding, cut

log = get_logger(__name__)
QUEUE = "renditions"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A rendition to be made."""

    name: str
    cut: Cut
    encoding: Encoding


def make_renditions() -> bool:
    """Make the renditions of the image that has waited longest; True when there may be more of them.

    A task of the worker: done twice at once it makes the same files. Raises `Unavailable`.
    """
    with rolled_back():
        image = session.scalar(
            select(Image)
            .where(Image.waiting_since.is_not(None), not_resting(QUEUE, Image.id))
            .order_by(Image.waiting_since, Image.id)
            .limit(1)
        )
        if image is None:
            return False
        session.expunge(image)
    with putting_aside(QUEUE, image.id):
        try:
            made = _made(image)
        except ImageRefused as refusal:
            # It was decoded once, so this is a matter of this server; readers keep the whole image.
            log.exception("renditions_failed", image_id=image.id, reason=str(refusal))
            made = []
        _write(image, made)
    return True


def _made(image: Image) -> list[Rendition]:
    """All renditions, stored; their rows are not written yet."""
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
        image_id=image.id, edition=image.edition, name=wanted.name, width=wanted.cut.width, height=wanted.cut.height,
        media_type=wanted.encoding.media_type, bytes=file.bytes, sha256=file.sha256,
    )  # fmt: skip


def _write(image: Image, made: list[Rendition]) -> None:
    """Write the rows, unless the image was deleted or its focal point moved meanwhile: then the files are swept."""
    with unit_of_work() as unit:
        current = unit.session.scalar(
            select(Image).where(Image.id == image.id).with_for_update().execution_options(populate_existing=True)
        )
        if current is None or current.deleted_at is not None or current.edition != image.edition:
            return
        current.waiting_since = None
        table = Rendition
        unit.session.execute(delete(table).where(table.image_id == image.id, table.edition == image.edition))
        unit.add(*made)
