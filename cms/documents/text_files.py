"""Recognises what has no signature by its text: CSV, plain text, braille (BRF) and GeoJSON (RFC 7946)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

import orjson

from cms.core.storage.known_kinds import OTHER_CHARACTERS, UNKNOWN, WEB_PAGE, kind_of
from cms.documents.faults import DamagedFile, UnsupportedFile
from cms.documents.kinds import BRAILLE, CSV, GEOJSON, TEXT, FileType, Recognised

HEAD_BYTES: Final = 4_096
BLOCK_BYTES: Final = 1_048_576
LARGEST_JSON: Final = 10_000_000
MOST_LISTS: Final = 500_000
MOST_VALUES: Final = 2_000_000
"""What one JSON file may have, so that reading it takes some 100 MB of memory at most."""
GEOMETRIES: Final = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")
PLAIN: Final = "plain text: save it as .txt or .csv"
NO_BRAILLE: Final = "text with characters that braille in ASCII (BRF) does not have"
CONTROLS: Final = "it has control characters that text does not have"
OTHER_JSON: Final = "JSON that is no GeoJSON (RFC 7946): save the map data as GeoJSON, or pack it as ZIP"
TYPES: Final = (CSV, TEXT, BRAILLE, GEOJSON)
# A file that other programs would read as a page or a program, whatever its extension says.
_ACTIVE_TEXT: Final = re.compile(
    rb"\s*(?:<[a-z!?/]|#!|\{\\rtf)|.*<(?:\?php|\?xml|!doctype|html|head|body|script|svg|iframe)\b",
    re.IGNORECASE | re.DOTALL,
)
_CONTROL_BYTES: Final = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def check_text(path: Path, file: IO[bytes], extension: str) -> Recognised:
    """UTF-8 throughout, no control characters, nothing that programs run; the extension says which kind of text it is."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    found = next((each for each in TYPES if extension in each.extensions), None)
    if found is None or b"\0" in head or is_active(head):
        raise UnsupportedFile(_refused_kind(path, head))
    _check_characters(file, found)
    if found is GEOJSON:
        _check_geojson(path)
    return Recognised(found)


def is_active(head: bytes) -> bool:
    """True for the beginning of a text that some program would show as a page or run."""
    return _ACTIVE_TEXT.match(head.removeprefix(codecs.BOM_UTF8)) is not None


def _refused_kind(path: Path, head: bytes) -> str:
    kind = kind_of(path)
    if kind != UNKNOWN:
        return kind
    if is_active(head):
        return WEB_PAGE
    return PLAIN if _is_plain(head) else UNKNOWN


def _is_plain(head: bytes) -> bool:
    try:
        # The head may end within a character.
        return not _CONTROLS.search(codecs.getincrementaldecoder("utf-8")().decode(head))
    except UnicodeDecodeError:
        return False


def _check_characters(file: IO[bytes], found: FileType) -> None:
    """Decode the whole file. Embossers take ASCII alone, and a braille file from DOS ends with Ctrl-Z."""
    decoder = codecs.getincrementaldecoder("ascii" if found is BRAILLE else "utf-8")()
    file.seek(0)
    block = b""
    try:
        while block := file.read(BLOCK_BYTES):
            text = decoder.decode(block)
            if _CONTROLS.search(text.rstrip("\x1a") if found is BRAILLE else text):
                raise DamagedFile(CONTROLS)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        if _CONTROL_BYTES.search(block):
            raise DamagedFile(CONTROLS) from None
        raise UnsupportedFile(NO_BRAILLE if found is BRAILLE else OTHER_CHARACTERS) from None


def _check_geojson(path: Path) -> None:
    data = path.read_bytes() if path.stat().st_size <= LARGEST_JSON else b""
    if not data or data.count(b"[") + data.count(b"{") > MOST_LISTS or data.count(b",") > MOST_VALUES:
        raise DamagedFile("its JSON is too large to be looked at: pack it as ZIP")
    try:
        value = orjson.loads(data.removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError:
        raise DamagedFile("it is not JSON") from None
    if not _is_geojson(value):
        raise UnsupportedFile(OTHER_JSON)


def _is_geojson(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    if value.get("type") == "FeatureCollection":
        features = value.get("features")
        return isinstance(features, list) and all(map(_is_feature, features))
    return _is_feature(value) or _is_geometry(value)


def _is_feature(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.get("type") == "Feature"
        and "properties" in value
        and (value.get("geometry") is None or _is_geometry(value["geometry"]))
    )


def _is_geometry(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    if value.get("type") == "GeometryCollection":
        # One collection inside another has no meaning (RFC 7946, 3.1.8), and is not looked into.
        return isinstance(value.get("geometries"), list)
    return value.get("type") in GEOMETRIES and isinstance(value.get("coordinates"), list)


def words_of_json(path: Path) -> Iterator[str]:
    """The names and texts of a JSON file that was checked, without its numbers."""
    waiting: list[Any] = [orjson.loads(path.read_bytes().removeprefix(codecs.BOM_UTF8))]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from value
            waiting.extend(reversed(value.values()))
        elif isinstance(value, list):
            waiting.extend(reversed(value))
