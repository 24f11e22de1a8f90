"""Orders to erase on the wire."""

from __future__ import annotations

from typing import Final

from marshmallow import fields

from cms.core.http.field_rules import HasWords
from cms.core.http.fields import Choice, ItemId, Moment, Part, Rows, Text, WholeNumber
from cms.core.http.schemas import PageQuerySchema, PersonSchema, StrictSchema
from cms.editorial.items.models import LARGEST_EDITION
from cms.erasures.models import ErasureState

MOST_PARTS: Final = 200
LONGEST_REASON: Final = 2_000
_HASH: Final = "5f" * 32


class ErasurePartsSchema(StrictSchema):
    """Parts of an item; at least one."""

    editions = Rows(
        WholeNumber(min=1, max=LARGEST_EDITION),
        min=1,
        max=MOST_PARTS,
        metadata={"description": "Numbers of editions, neither the newest nor the published one.", "example": [1, 2]},
    )
    files = Rows(
        ItemId(),
        min=1,
        max=MOST_PARTS,
        metadata={"description": "Ids of files of a document; the editions that show them go with them."},
    )


class ErasureRequestSchema(StrictSchema):
    """What is to be erased, and why."""

    reason = Text(
        min=10,
        max=LONGEST_REASON,
        lines=True,
        required=True,
        validate=[HasWords()],
        metadata={
            "description": "Kept for ever, and told to readers of an item that ends: name no person in it.",
            "example": "Lampiran memuat NIK dan alamat warga.",
        },
    )
    legal_basis = Text(
        min=5,
        max=500,
        required=True,
        validate=[HasWords()],
        metadata={
            "description": "The law that asks for it.",
            "example": "UU 27/2022 Pasal 43; UU 14/2008 Pasal 17 huruf h",
        },
    )
    parts = Part(
        ErasurePartsSchema,
        allow_none=True,
        load_default=None,
        metadata={"description": "Only these parts; null: the whole item, which readers lose."},
    )


class OrderedPartsSchema(StrictSchema):
    """The parts that were ordered."""

    editions = fields.List(fields.Integer(), metadata={"example": [1, 2]})
    files = fields.List(fields.String(metadata={"format": "uuid"}))


class SameBytesSchema(StrictSchema):
    """Something else that has the same bytes: they stay until that goes too."""

    type = fields.String(metadata={"enum": ["document", "media"]})
    id = fields.String(metadata={"format": "uuid"})


class ErasedBytesSchema(StrictSchema):
    """A file or an image."""

    id = fields.String(metadata={"format": "uuid"})
    sha256 = fields.String(metadata={"description": "Digest of its bytes.", "example": _HASH})
    also_in = fields.List(
        fields.Nested(SameBytesSchema),
        metadata={"description": "What else has the same bytes, while the order waits. Nothing of it goes."},
    )


class ErasureScopeSchema(StrictSchema):
    """What goes, or went: by numbers, ids and digests alone."""

    is_whole = fields.Boolean(metadata={"description": "The whole item: readers lose it."})
    editions = fields.List(fields.Integer(), metadata={"example": [1, 2]})
    publications = fields.List(
        fields.String(), metadata={"description": "Digests of publications.", "example": [_HASH]}
    )
    files = fields.List(fields.Nested(ErasedBytesSchema))
    images = fields.List(
        fields.Nested(ErasedBytesSchema), metadata={"description": "Pictures that no other item shows."}
    )
    kept_images = fields.List(
        fields.String(), metadata={"description": "Pictures that other items show: they stay.", "example": []}
    )


class HoldingBackupsSchema(StrictSchema):
    """The period of the backups that hold what goes, or went."""

    from_ = Moment(
        allow_none=True,
        data_key="from",
        attribute="from",
        metadata={
            "description": "When the first of it came here. Null for what was erased before this was kept: any earlier backup may hold it."
        },
    )
    until = Moment(
        allow_none=True,
        metadata={
            "description": "When it was erased; backups that had begun by then hold it. Null while the order waits."
        },
    )


class ErasureSchema(StrictSchema):
    """An order to erase."""

    id = fields.String(metadata={"format": "uuid"})
    type = fields.String(metadata={"example": "document"})
    item = fields.String(metadata={"format": "uuid", "description": "What it is about."})
    agency = fields.String(metadata={"example": "dpu"})
    parts = fields.Nested(OrderedPartsSchema, allow_none=True, metadata={"description": "Null: the whole item."})
    reason = fields.String(metadata={"example": "Lampiran memuat NIK dan alamat warga."})
    legal_basis = fields.String(metadata={"example": "UU 27/2022 Pasal 43"})
    state = fields.String(
        metadata={
            "enum": [state.value for state in ErasureState],
            "description": "`confirmed`: erased, but for the bytes of files, which the worker removes; then `done`.",
        }
    )
    requested_by = fields.Nested(PersonSchema)
    requested_at = Moment()
    expires_at = Moment(metadata={"description": "Until then another person can confirm it."})
    decided_by = fields.Nested(
        PersonSchema, allow_none=True, metadata={"description": "Who confirmed or cancelled it."}
    )
    decided_at = Moment(allow_none=True)
    finished_at = Moment(allow_none=True, metadata={"description": "When the bytes were gone too."})
    goes = fields.Nested(
        ErasureScopeSchema,
        allow_none=True,
        metadata={"description": "What goes as things are now, or what went; null where nothing will."},
    )
    backups = fields.Nested(
        HoldingBackupsSchema,
        allow_none=True,
        metadata={
            "description": "Backups that begin or began in this time hold it, until whoever runs the server deletes them; `restore` erases it "
            "again. Null where nothing goes."
        },
    )


class ErasureQuerySchema(PageQuerySchema):
    """A list of orders."""

    state = Choice([state.value for state in ErasureState], metadata={"description": "Only orders in this state."})
