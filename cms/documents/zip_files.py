"""Recognises zip containers: office documents, which are looked through for what acts by itself, and packed data."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from cms.documents.archives import Allowance, check_contents, opened
from cms.documents.kinds import ZIP, Recognised
from cms.documents.office_files import check_office, office_type
from cms.documents.packed_files import Recognise, check_embedded, check_packed


def check_zip(path: Path, file: IO[bytes], size: int, recognise: Recognise, allowance: Allowance) -> Recognised:
    """An office document or a ZIP of data; `recognise` says what the files inside are.

    Raises `DamagedFile` for one that is broken or unsafe, `UnsupportedFile` for another kind, `FaultyPart` for a file inside.
    """
    with opened(file, size, allowance) as archive:
        office = office_type(archive)
        if office is not None:
            check_office(archive)
            check_embedded(archive, path.parent, recognise)
        else:
            check_packed(archive, path.parent, recognise)
        check_contents(archive)
    return Recognised(office or ZIP)
