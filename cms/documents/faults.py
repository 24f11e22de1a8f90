"""Why a file is not accepted; `cms.documents.file_types` turns these into API errors."""

from __future__ import annotations

IS_ENCRYPTED = "it is encrypted and cannot be looked into: save it without a password"


class UnsupportedFile(Exception):
    """A kind of file that is not accepted; the text names what was found."""


class DamagedFile(Exception):
    """A file that is broken or unsafe; the text says how."""
