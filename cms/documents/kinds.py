"""The kinds of file that documents take: their media types, names for people, and extensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument."


@dataclass(frozen=True, slots=True)
class FileType:
    """An accepted kind of file: its media type, its name for people, its extensions."""

    media_type: str
    label: str
    extensions: tuple[str, ...]


PDF: Final = FileType("application/pdf", "PDF", (".pdf",))
JPEG: Final = FileType("image/jpeg", "JPEG", (".jpg", ".jpeg"))
PNG: Final = FileType("image/png", "PNG", (".png",))
WEBP: Final = FileType("image/webp", "WEBP", (".webp",))
CSV: Final = FileType("text/csv", "CSV", (".csv",))
TEXT: Final = FileType("text/plain", "TXT", (".txt",))
# Embossers and braille displays read it; it has no registered media type, and this is the one in use.
BRAILLE: Final = FileType("application/x-brf", "BRF", (".brf",))
GEOJSON: Final = FileType("application/geo+json", "GeoJSON", (".geojson", ".json"))
MP3: Final = FileType("audio/mpeg", "MP3", (".mp3",))
MP4: Final = FileType("video/mp4", "MP4", (".mp4",))
ZIP: Final = FileType("application/zip", "ZIP", (".zip",))
OFFICE: Final = {
    each.media_type: each
    for each in (
        FileType(f"{OPEN_XML}wordprocessingml.document", "DOCX", (".docx",)),
        FileType(f"{OPEN_XML}spreadsheetml.sheet", "XLSX", (".xlsx",)),
        FileType(f"{OPEN_XML}presentationml.presentation", "PPTX", (".pptx",)),
        FileType(f"{OPEN_DOCUMENT}text", "ODT", (".odt",)),
        FileType(f"{OPEN_DOCUMENT}spreadsheet", "ODS", (".ods",)),
        FileType(f"{OPEN_DOCUMENT}presentation", "ODP", (".odp",)),
    )
}
ACCEPTED: Final = (PDF, *OFFICE.values(), CSV, TEXT, JPEG, PNG, WEBP, MP3, MP4, BRAILLE, GEOJSON, ZIP)
ACCEPTED_EXTENSIONS: Final = frozenset(extension for each in ACCEPTED for extension in each.extensions)
ACCEPTED_MEDIA_TYPES: Final = tuple(each.media_type for each in ACCEPTED)
ACCEPTED_LABELS: Final = ", ".join(each.label for each in ACCEPTED)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is. `is_protected`: it is encrypted, so nobody can look into it. `is_attachment`: browsers save it and never show it,
    although they show others of its kind.
    """

    type: FileType
    is_protected: bool = False
    is_attachment: bool = False

    @property
    def media_type(self) -> str:
        """The media type by the content."""
        return self.type.media_type
