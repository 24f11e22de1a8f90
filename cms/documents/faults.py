"""Why a file is not accepted; `cms.documents.file_types` turns these into API errors.

The words are in English; `cms.core.http.messages.file_reasons` has the Indonesian ones.
"""

from __future__ import annotations


class UnsupportedFile(Exception):
    """A kind of file that is not accepted; the text says what it is and what to do, behind "The file is"."""


class DamagedFile(Exception):
    """A file that is broken or unsafe; the text says how."""


class FaultyPart(Exception):
    """A file that is packed inside another one, named `part`, and why it is not accepted."""

    def __init__(self, part: str, fault: UnsupportedFile | DamagedFile) -> None:
        super().__init__(part)
        self.part, self.fault = part, fault
