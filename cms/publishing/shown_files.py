"""Files and images that readers have: those that a live publication shows, and no others."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from cms.core.ids import is_id
from cms.core.reading import Reader, Row
from cms.publishing.visibility import LIVE, LIVE_UNTIL, shown_by

_FILE: Final = (
    f"SELECT f.name, f.media_type, f.bytes, f.sha256, f.is_attachment, p.agency, p.updated_at, {LIVE_UNTIL}, s.state"  # noqa: S608 - constants of ours
    " FROM publication_files f JOIN publications p ON p.id = f.publication_id"
    " LEFT JOIN virus_scans s ON s.sha256 = f.sha256"
    f" WHERE f.item_id = :item_id AND f.file_id = :file_id AND p.type = :type AND {LIVE}"
)
_IMAGE: Final = (
    "SELECT i.sha256, i.media_type, i.bytes, i.focal_x, i.focal_y, r.sha256, r.media_type, r.bytes"  # noqa: S608 - constants of ours
    " FROM images i LEFT JOIN renditions r ON r.image_id = i.id AND r.fingerprint = :fingerprint AND r.name = :name"
    " WHERE i.id = :id AND EXISTS (SELECT 1 FROM publication_files f JOIN publications p ON p.id = f.publication_id"
    f" WHERE f.file_id = i.id AND {LIVE}{{shown}})"
)


def find_file(reader: Reader, type: str, item_id: str, file_id: str, now: int) -> Row | None:
    """A file of a live item: name, media type, bytes, SHA-256, whether it is only saved, and its publication's agency, `updated_at` and end, and
    what the virus scanner said.
    """
    if not is_id(item_id) or not is_id(file_id):
        return None
    params = {"type": type, "item_id": item_id, "file_id": file_id, "now": now}
    rows = reader.rows(reader.prepared(_FILE), params)
    return rows[0] if rows else None


def find_image(
    reader: Reader, image_id: str, name: str, fingerprint: str, agencies: Collection[str] | None, now: int
) -> Row | None:
    """An image that a publication has which a key of these agencies shows (None: any key); one statement.

    SHA-256, media type, bytes and focal point of the original; SHA-256, media type and bytes of the rendition, NULL until it is made.
    """
    if not is_id(image_id):
        return None
    slugs = {f"agency{index}": slug for index, slug in enumerate(sorted(agencies or ()))}
    shown = "" if agencies is None else f" AND {shown_by(slugs)}"
    params = {"id": image_id, "name": name, "fingerprint": fingerprint, "now": now, **slugs}
    rows = reader.rows(reader.prepared(_IMAGE.format(shown=shown)), params)
    return rows[0] if rows else None
