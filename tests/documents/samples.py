"""Small files of every kind, made here, with the name that fits them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

OPEN_XML = "application/vnd.openxmlformats-officedocument."
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 40 + b"\xff\xd9"
WEBP = b"RIFF" + struct.pack("<I", 30) + b"WEBPVP8 " + b"\x00" * 22
CSV = b"nama,jumlah\nDinas Pekerjaan Umum,3\n"
TEXT = "Pengumuman.\nSelesai — tertanda.\n".encode()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\x00\x00"))
    + _chunk(b"IEND", b"")
)


def zipped(parts: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def office(kind: str = "wordprocessingml.document", extra: dict[str, bytes | str] | None = None) -> bytes:
    """A DOCX, XLSX or PPTX."""
    types = f'<Types><Override PartName="/main.xml" ContentType="{OPEN_XML}{kind}.main+xml"/></Types>'
    return zipped({"[Content_Types].xml": types, "main.xml": "<x/>", **(extra or {})})


def open_document(kind: str = "text", extra: dict[str, bytes | str] | None = None) -> bytes:
    """An ODT, ODS or ODP."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        for name, content in {"content.xml": "<x/>", **(extra or {})}.items():
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


GOOD: dict[str, tuple[bytes, str]] = {
    "a.pdf": (PDF, "application/pdf"),
    "a.PDF": (PDF, "application/pdf"),
    "a.docx": (office(), f"{OPEN_XML}wordprocessingml.document"),
    "a.xlsx": (office("spreadsheetml.sheet"), f"{OPEN_XML}spreadsheetml.sheet"),
    "a.pptx": (office("presentationml.presentation"), f"{OPEN_XML}presentationml.presentation"),
    "a.odt": (open_document(), "application/vnd.oasis.opendocument.text"),
    "a.ods": (open_document("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
    "a.csv": (CSV, "text/csv"),
    "a.txt": (TEXT, "text/plain"),
    "bom.csv": (b"\xef\xbb\xbf" + CSV, "text/csv"),
    "a.jpg": (JPEG, "image/jpeg"),
    "a.jpeg": (JPEG, "image/jpeg"),
    "a.png": (PNG, "image/png"),
    "a.webp": (WEBP, "image/webp"),
}
