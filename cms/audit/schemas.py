"""The trail on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.agencies.fields import agency_slugs
from cms.changes.checkpoints import FORMAT
from cms.changes.facts import CauseKind, EndingKind, UpdateKind, Via
from cms.core.http.fields import Choice, ItemId, Moment, Text, WholeNumber, WordsOfTheApplication
from cms.core.http.schemas import PageQuerySchema, StrictSchema
from cms.editorial.content_types import action_names, resource_types

_HASH = {"description": "SHA-256, hexadecimal.", "example": "5f" * 32}
NEWEST_FIRST, OLDEST_FIRST = "-sequence", "sequence"
LARGEST_SEQUENCE = 10**15 - 1


class ChangedResourceSchema(StrictSchema):
    """What a line of the log is about."""

    type = Choice(resource_types)
    id = fields.String(metadata={"description": "Id, slug or code of the resource."})


class ChangeActorSchema(StrictSchema):
    """Who did it, under the name of that day."""

    id = fields.String(allow_none=True, metadata={"format": "uuid", "description": "Null: a task or the command line."})
    label = fields.String(metadata={"example": "Siti Rahmah"})


class ChangeCauseSchema(StrictSchema):
    """Why a line was written that no request asked for directly."""

    kind = fields.String(metadata={"enum": [kind.value for kind in CauseKind]})
    id = fields.String(
        metadata={
            "description": "The release, the rollback or the backup; for `rebuild` the number of the newest line that made it needed.",
            "example": "019ac1a0-7c00-7000-8000-000000000002",
        }
    )


class ErasedFactsSchema(StrictSchema):
    """What an erasure removed."""

    id = fields.String(metadata={"format": "uuid", "description": "The order at `/manage/v1/erasures`."})
    publications = fields.List(
        fields.String(), metadata={"description": "SHA-256 of each erased publication.", "example": ["5f" * 32]}
    )
    files = fields.List(
        fields.String(), metadata={"description": "SHA-256 of each erased file.", "example": ["5f" * 32]}
    )


class ChangeFactsSchema(StrictSchema):
    """What else is known of a change; null where it does not apply."""

    via = fields.String(metadata={"enum": [via.value for via in Via], "description": "Which way it came in."})
    update = fields.String(
        allow_none=True,
        metadata={"enum": [*(kind.value for kind in UpdateKind), None], "description": "Of a publication."},
    )
    ending = fields.String(
        allow_none=True,
        metadata={"enum": [*(kind.value for kind in EndingKind), None], "description": "How readers lost the item."},
    )
    cause = fields.Nested(ChangeCauseSchema, allow_none=True)
    digest = fields.String(
        allow_none=True,
        metadata={**_HASH, "description": "SHA-256 of the publication that it made, or of how the item ended."},
    )
    scheduled = fields.String(
        allow_none=True, metadata={**_HASH, "description": "SHA-256 of the publication that readers will have later."}
    )
    erased = fields.Nested(ErasedFactsSchema, allow_none=True)


class ChangeSchema(StrictSchema):
    """One line of the change log."""

    sequence = fields.Integer(
        metadata={"description": "Number of the line: without gaps, in the order of commits.", "example": 48213}
    )
    recorded_at = Moment()
    action = fields.String(metadata={"example": "post.published"})
    resource = fields.Nested(ChangedResourceSchema)
    edition = fields.Integer(allow_none=True, metadata={"example": 1})
    agency = fields.String(allow_none=True, metadata={"example": "dpu"})
    actor = fields.Nested(ChangeActorSchema)
    request_id = fields.String(
        allow_none=True, metadata={"description": "`X-Request-Id` of the answer to the request that made the change."}
    )
    fields_ = fields.List(
        fields.String(),
        data_key="fields",
        attribute="fields",
        metadata={"description": "Names of the changed fields; never their content.", "example": ["title"]},
    )
    facts = fields.Nested(ChangeFactsSchema)
    is_public = fields.Boolean(metadata={"description": "Whether readers may learn of it."})
    hash = fields.String(metadata={**_HASH, "description": "SHA-256 over this line and the hash of the line before."})


class ChangeQuerySchema(PageQuerySchema):
    """Filters of the trail; all that are given must hold."""

    actor = ItemId(metadata={"description": "Id of the person."})
    agency = agency_slugs(
        metadata={"description": "Slugs of agencies, separated by commas: any of them."},
    )
    type = WordsOfTheApplication(
        resource_types,
        metadata={"description": "Types of resources, separated by commas: any of them."},
    )
    item = Text(min=1, max=63, metadata={"description": "Id, slug or code of one resource."})
    action = WordsOfTheApplication(
        action_names,
        expected="actions such as post.published",
        metadata={"description": "Actions such as `post.published`, separated by commas: any of them."},
    )
    request_id = Text(min=1, max=64, metadata={"description": "What one request did."})
    after = Moment(metadata={"description": "Recorded after this moment."})
    before = Moment(metadata={"description": "Recorded before this moment."})
    from_sequence = WholeNumber(
        from_text=True, min=1, max=LARGEST_SEQUENCE, metadata={"description": "First number, included."}
    )
    to_sequence = WholeNumber(
        from_text=True, min=1, max=LARGEST_SEQUENCE, metadata={"description": "Last number, included."}
    )
    sort = Choice(
        [NEWEST_FIRST, OLDEST_FIRST],
        load_default=NEWEST_FIRST,
        metadata={"description": "Order; a minus means newest first."},
    )


class CheckpointSchema(StrictSchema):
    """A signed statement of what the log was at one moment. Keep it elsewhere: it proves later that nothing was taken away."""

    format = fields.String(metadata={"enum": [FORMAT]})
    sequence = fields.Integer(metadata={"description": "Number of the last line that it covers.", "example": 48213})
    hash = fields.String(metadata={**_HASH, "description": "Hash of that line."})
    count = fields.Integer(metadata={"description": "Number of lines up to and with that one.", "example": 48213})
    epoch = fields.String(metadata={"description": "The epoch in which it was signed.", "example": "k3v9mrta"})
    signed_at = fields.String(metadata={"format": "date-time", "description": "Exactly the text that was signed."})
    key_id = fields.String(metadata={"description": "First 16 digits of the SHA-256 of the key.", "example": "5f" * 8})
    public_key = fields.String(
        metadata={"description": "Ed25519, 32 bytes as base64. Trust the copy that you keep, not this one."}
    )
    signature = fields.String(metadata={"description": "Ed25519, 64 bytes in hexadecimal.", "example": "5f" * 64})
