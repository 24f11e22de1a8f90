"""Virus scans on the management plane."""

from __future__ import annotations

from marshmallow import fields

from cms.core.http.schemas import StrictSchema
from cms.virus_scans.models import ScanState


class VirusScanSchema(StrictSchema):
    """What the virus scanner said about the bytes of a file."""

    state = fields.String(
        metadata={
            "enum": [state.value for state in ScanState],
            "description": "`waiting`: nobody gets the file yet, its address answers 404. `clean`. `infected`: nobody gets it, ever.",
            "example": "clean",
        }
    )
    finding = fields.String(
        allow_none=True, metadata={"description": "What the scanner calls what is in it.", "example": None}
    )
    scanned_at = fields.String(allow_none=True, metadata={"format": "date-time"})
