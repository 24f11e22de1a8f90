"""Receives uploaded images: each is decoded in a limited process, and only the result is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cms.core.bulkhead import Kind
from cms.core.errors import Invalid, UnsupportedType, invalid_field
from cms.core.runtime import runtime
from cms.core.storage.known_kinds import UNKNOWN, kind_of
from cms.core.storage.names import clean_name, extension_of
from cms.core.storage.uploads import IncomingFile, incoming_file, incoming_path, measured
from cms.media.imaging import KeptImage, keep_image

HEAD_BYTES: Final = 32
EXTENSIONS: Final = {
    "JPEG": (".jpg", ".jpeg"),
    "PNG": (".png",),
    "WEBP": (".webp",),
    "GIF": (".gif",),
    "AVIF": (".avif",),
}
ACCEPTED_LABELS: Final = ", ".join(EXTENSIONS)
ACCEPTED_EXTENSIONS: Final = frozenset(extension for names in EXTENSIONS.values() for extension in names)
_AVIF_BRANDS: Final = (b"avif", b"avis")


@dataclass(frozen=True, slots=True)
class ImageUpload:
    """An image that waits to be stored: `sha256` is of the uploaded bytes, `file` is the re-encoded image."""

    name: str
    sha256: str
    file: IncomingFile
    image: KeptImage


@contextmanager
def received_image(chunks: Iterable[bytes], name: str) -> Iterator[ImageUpload]:
    """Read an image, check its kind and write it anew; files that are not stored by the end are removed.

    Raises `TooLarge` as soon as it is larger than MEDIA_MAX_BYTES, `UnsupportedType` for other kinds of file, `Invalid` about
    `/file` for one that is empty, misnamed, damaged, too large to decode or a danger, `Unavailable`.
    """
    with incoming_file(chunks, runtime().settings.media_max_bytes) as source, incoming_path() as target:
        cleaned = clean_name(name)
        _check_kind(source, cleaned)
        with runtime().bulkhead.place(Kind.WORK):
            image = keep_image(source.path, target)
        yield ImageUpload(cleaned, source.sha256, measured(target), image)


def _check_kind(source: IncomingFile, name: str) -> None:
    """Content and extension must agree on one of the accepted formats, before anything is decoded (R-F2)."""
    if source.bytes == 0:
        raise invalid_field("/file", "empty_file")
    extension, found = extension_of(name), _format_of(source.path)
    if found is None:
        # The name of an image means false content; any other name, a kind that is not accepted.
        refusal = Invalid if extension in ACCEPTED_EXTENSIONS else UnsupportedType
        kind = kind_of(source.path)
        found_kind = "no image of these formats" if kind == UNKNOWN else kind
        raise refusal("unsupported_file_type", found=found_kind, allowed=ACCEPTED_LABELS)
    if extension not in EXTENSIONS[found]:
        raise invalid_field("/file", "extension_mismatch", extension=extension or "nothing", found=found)


def _format_of(path: Path) -> str | None:
    """The format by the first bytes; only these five reach a decoder."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head[4:8] == b"ftyp" and (head[8:12] in _AVIF_BRANDS or any(brand in head[16:] for brand in _AVIF_BRANDS)):
        return "AVIF"
    return None
