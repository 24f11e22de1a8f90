"""Images as editors and as readers get them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from cms.core.clock import rfc3339
from cms.core.people import person_reference
from cms.core.versions import written
from cms.media.models import Image
from cms.media.presets import JPEG, ORIGINAL, PRESETS, WEBP, cut

FILE_EXTENSIONS: Final = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
IMAGE_TYPES: Final = tuple(FILE_EXTENSIONS)
"""The media types in which images are kept and served."""
CHARACTERS_IN_FINGERPRINT: Final = 16
WIRE_NAMES: Final = {"is_decorative": "decorative", "focal_x": "focal_point", "focal_y": "focal_point"}
"""Columns that have another name in the API, and in the log."""


def render_image(image: Image) -> dict[str, Any]:
    """An image on the management plane; `waiting` means that the worker has not made its renditions yet."""
    return {
        "id": image.id,
        "agency": image.agency,
        "name": image.name,
        "alt": image.alt,
        "decorative": image.is_decorative,
        "caption": image.caption,
        "credit": image.credit,
        "focal_point": {"x": image.focal_x, "y": image.focal_y},
        "width": image.width,
        "height": image.height,
        "media_type": image.media_type,
        "bytes": image.bytes,
        "sha256": image.sha256,
        "state": "ready" if image.waiting_since is None else "waiting",
        "proposed": _proposed(image),
        "uploaded_by": person_reference(image.uploaded_by_id, image.uploaded_by),
        "version": written(image.version),
        "created_at": rfc3339(image.created_at),
        "updated_at": rfc3339(image.updated_at),
        "url": f"/v1/media/{image.id}/{ORIGINAL}",
        "renditions": _renditions(image, f"/manage/v1/media/{image.id}/renditions"),
    }


def render_shown(image: Image) -> dict[str, Any]:
    """An image inside delivered content. Its addresses are known before the files behind them are made."""
    return {
        "id": image.id,
        "alt": "" if image.is_decorative else image.alt or "",
        "caption": image.caption,
        "credit": image.credit,
        "focal_point": {"x": image.focal_x, "y": image.focal_y},
        "width": image.width,
        "height": image.height,
        "media_type": image.media_type,
        "bytes": image.bytes,
        "url": shown_path(image, ORIGINAL),
        "renditions": _renditions(image, f"/v1/media/{image.id}/{image.fingerprint}"),
    }


def _proposed(image: Image) -> dict[str, Any] | None:
    """Words that wait for a second person, under their names in the API."""
    if image.proposed is None or image.proposed_at is None:
        return None
    changes = {WIRE_NAMES.get(name, name): value for name, value in image.proposed.items()}
    by = person_reference(image.proposed_by_id, image.proposed_by_label)
    return {"changes": changes, "by": by, "at": rfc3339(image.proposed_at)}


def wire_names(columns: Iterable[str]) -> list[str]:
    """The fields of the API that these columns belong to."""
    return sorted({WIRE_NAMES.get(name, name) for name in columns})


def shown_path(image: Image, name: str) -> str:
    """The address under which readers get these bytes and never others."""
    fingerprint = original_fingerprint(image.sha256) if name == ORIGINAL else image.fingerprint
    return f"/v1/media/{image.id}/{fingerprint}/{name}"


def original_fingerprint(sha256: str) -> str:
    """The fingerprint in the address of the whole image: of its bytes alone, which the focal point does not change."""
    return sha256[:CHARACTERS_IN_FINGERPRINT]


def file_name(image_id: str, name: str, media_type: str) -> str:
    """The file name under which a browser saves it."""
    stem = name.partition(".")[0]
    return f"{stem}-{image_id[-12:]}.{FILE_EXTENSIONS[media_type]}"


def _renditions(image: Image, folder: str) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, preset in PRESETS.items():
        size = cut(preset, image.width, image.height, image.focal_x, image.focal_y)
        addresses = {
            "webp": f"{folder}/{name}.{WEBP.extension}",
            "jpeg": f"{folder}/{name}.{JPEG.extension}",
        }
        shown[name] = {"width": size.width, "height": size.height, **addresses}
    return shown
