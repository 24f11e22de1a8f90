"""The package of an Office Open XML document (ECMA-376 part 2): what its parts are, how they lead to each other, which one is the main one.

Names of parts are compared without regard to case, as the standard says, and with `/` between folders.
"""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from cms.documents.faults import DamagedFile

LARGEST_PART: Final = 1_000_000
CONTENT_TYPES: Final = "[Content_Types].xml"
RELATIONSHIPS: Final = ".rels"
NO_MAIN_PART: Final = (
    "its main part is missing or broken: open it in the program that made it, which repairs it, and save it again"
)


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relationship of a part; `kind` is the last word of its type, in small letters. `source` and `target` are names of parts."""

    id: str
    kind: str
    source: str
    target: str
    is_external: bool


def parts_by_name(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The parts by their names in small letters."""
    return {entry.orig_filename.replace("\\", "/").lower(): entry for entry in archive.infolist()}


def read_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """A short part as a whole. Raises `DamagedFile` for one that is too large for what it is."""
    with archive.open(entry) as part:
        content = part.read(LARGEST_PART + 1)
    if len(content) > LARGEST_PART:
        raise DamagedFile("its table of contents is too large")
    return content


def content_types(archive: zipfile.ZipFile) -> dict[str, str]:
    """The content type of each part that has one, by its name in small letters."""
    parts = parts_by_name(archive)
    by_ending, by_name = {}, {}
    for each in _elements(read_part(archive, parts[CONTENT_TYPES.lower()])):
        said = each.get("ContentType", "").strip()
        if each.tag.rpartition("}")[2] == "Default":
            by_ending[each.get("Extension", "").strip().lower()] = said
        elif name := unquote(each.get("PartName", "")).strip():
            by_name[name.replace("\\", "/").lstrip("/").lower()] = said
    found = {name: by_name.get(name) or by_ending.get(name.rpartition(".")[2], "") for name in parts}
    return {name: said for name, said in found.items() if said}


def relationships(archive: zipfile.ZipFile) -> list[Relationship]:
    """All relationships of all parts. Raises `DamagedFile` for those that cannot be read."""
    return [
        _relationship(each, _source(name))
        for name, entry in parts_by_name(archive).items()
        if name.endswith(RELATIONSHIPS)
        for each in _elements(read_part(archive, entry))
        if each.get("Target") is not None
    ]


def _relationship(element: ET.Element, source: str) -> Relationship:
    target = element.get("Target", "").strip()
    is_external = element.get("TargetMode", "").strip().lower() == "external"
    if not is_external:
        path = unquote(target).replace("\\", "/")
        target = target if is_address(target) else _resolved(path, source)
    kind = element.get("Type", "").strip().rpartition("/")[2].lower()
    return Relationship(element.get("Id", "").strip(), kind, source, target, is_external)


def is_address(target: str) -> bool:
    """True for what leads out of the file: a scheme, a drive, or another machine."""
    beginning = target.strip().replace("\\", "/")
    scheme = beginning.partition("/")[0].partition("#")[0]
    return beginning.startswith("//") or ":" in scheme


def _source(name: str) -> str:
    """The part whose relationships these are; an empty name is the package itself."""
    folder, _, file = name.rpartition("/")
    return posixpath.join(posixpath.dirname(folder), file.removesuffix(RELATIONSHIPS))


def _resolved(path: str, source: str) -> str:
    whole = path if path.startswith("/") else posixpath.join("/", posixpath.dirname(source), path)
    return posixpath.normpath(whole).lstrip("/").lower()


def _elements(content: bytes) -> list[ET.Element]:
    if b"!DOCTYPE" in content.replace(b"\0", b"").upper():
        raise DamagedFile("a part declares entities")
    try:
        # Without a DTD there is nothing to expand, and the part is bounded.
        return list(ET.fromstring(content).iter())  # noqa: S314
    except ET.ParseError:
        raise DamagedFile("a part is not XML") from None
