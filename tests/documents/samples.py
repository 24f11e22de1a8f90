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


RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/"


def relationship(kind: str, target: str, mode: str = "", number: int = 1) -> str:
    """A relationship of an office document, as XML."""
    said = f' TargetMode="{mode}"' if mode else ""
    return f'<Relationship Id="rId{number}" Type="{RELATIONSHIP}{kind}" Target="{target}"{said}/>'


def relationships(*inside: str) -> str:
    """A part with these relationships."""
    return f'<Relationships xmlns="{PACKAGE}relationships">{"".join(inside)}</Relationships>'


def content_types(main: str, others: str = "") -> str:
    """The part that says what the parts are."""
    return (
        f'<Types xmlns="{PACKAGE}content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/main.xml" ContentType="{main}"/>{others}</Types>'
    )


def office(kind: str = "wordprocessingml.document", extra: dict[str, bytes | str] | None = None) -> bytes:
    """A DOCX, XLSX or PPTX."""
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": content_types(f"{OPEN_XML}{kind}.main+xml"),
        "_rels/.rels": relationships(relationship("officeDocument", "main.xml")),
        "main.xml": "<x/>",
    }
    return zipped({**parts, **(extra or {})})


def open_document(kind: str = "text", extra: dict[str, bytes | str] | None = None) -> bytes:
    """An ODT, ODS or ODP."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        for name, content in {"content.xml": "<x/>", **(extra or {})}.items():
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def compound(*names: str, content: bytes = b"x" * 4_096) -> bytes:
    """A compound file (MS-CFB), as programs before 2007 and encrypted Office files are, with streams of these names."""
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    entries = [_entry("Root Entry", 5, end, 0, child=1)]
    entries += [
        _entry(name, 2, 2, len(content), right=index + 2 if index + 1 < len(names) else free)
        for index, name in enumerate(names)
    ]
    entries += [bytes(128)] * (4 - len(entries))
    sectors = -(-len(content) // 512)
    chain = [*range(3, sectors + 2), end]
    allocation = struct.pack("<128I", *([0xFFFFFFFD, end, *chain] + [free] * (126 - len(chain))))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4_096, end, 0, end, 0) + struct.pack("<109I", 0, *[free] * 108)
    return header + allocation + b"".join(entries[:4]) + content.ljust(sectors * 512, b"\0")


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF) -> bytes:
    written = (name + "\0").encode("utf-16-le")
    head = written.ljust(64, b"\0") + struct.pack("<HBBIII", len(written), kind, 1, 0xFFFFFFFF, right, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def mp3(frames: int = 20, tag: bytes = b"") -> bytes:
    """Silence: MPEG-1, layer III, 128 kbit/s, 44.1 kHz."""
    return tag + (b"\xff\xfb\x90\x64" + bytes(413)) * frames


def id3(content: bytes = b"TIT2\0\0\0\x06\0\0\0Sirine", padding: int = 300) -> bytes:
    """A tag (ID3v2.3) before the sound, with zeros in it and behind it."""
    size = len(content) + padding
    return b"ID3\x03\0\0" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0)) + content + bytes(padding + 40)


def box(kind: bytes, content: bytes = b"") -> bytes:
    """A box of an ISO media file."""
    return struct.pack(">I", len(content) + 8) + kind + content


def mp4(brand: bytes = b"isom", others: bytes = b"iso2avc1mp41") -> bytes:
    """The boxes of a film, without a picture."""
    return box(b"ftyp", brand + bytes(4) + others) + box(b"free") + box(b"mdat", bytes(500)) + box(b"moov", bytes(100))


BRAILLE = b"  ,P5GUMUMAN\r\n\r\n  ,JALAN ,,MT ,HARYONO DITUTUP4\r\n\x0c  #B\r\n\x1a"
FEATURE = '{"type": "Feature", "properties": {"nama": "Taman Bekapai"}, "geometry": {"type": "Point", "coordinates": [116.83, -1.27]}}'
GEOJSON = f'{{"type": "FeatureCollection", "name": "taman", "features": [{FEATURE}]}}'.encode()
SHAPES = {
    "taman.shp": b"\0\0\x27\x0a" + bytes(96),
    "taman.dbf": b"\x03" + bytes(80),
    "taman.prj": "GEOGCS[...]",
    "baca/isi.csv": CSV,
}


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
    "a.mp3": (mp3(), "audio/mpeg"),
    "tag.mp3": (mp3(tag=id3()), "audio/mpeg"),
    "a.mp4": (mp4(), "video/mp4"),
    "a.brf": (BRAILLE, "application/x-brf"),
    "a.geojson": (GEOJSON, "application/geo+json"),
    "a.json": (FEATURE.encode(), "application/geo+json"),
    "a.zip": (zipped(SHAPES), "application/zip"),
}
