"""Documents on the delivery plane."""

from __future__ import annotations

from cms.agencies.fields import area_codes
from cms.core.http.fields import Words
from cms.core.ids import ID_PATTERN, SLUG_PATTERN
from cms.documents.delivered_schemas import CLASSES, DocumentCardSchema, DocumentSchema
from cms.documents.kinds import ACCEPTED_MEDIA_TYPES
from cms.documents.linked_data import document_as_linked_data
from cms.publishing.delivered import DeliveredType
from cms.publishing.searched import OF_EVERY_ITEM, Weight

DELIVERED_DOCUMENTS = DeliveredType(
    name="document",
    topic="documents",
    card=DocumentCardSchema,
    full=DocumentSchema,
    filters={
        "class_": Words(
            choices=CLASSES,
            data_key="class",
            attribute="class",
            metadata={
                "description": "Classes of public information (UU 14/2008): its own, or that of one of its kinds.",
                "example": "berkala",
            },
        ),
        "information_kind": Words(
            pattern=r"^[A-Z0-9]{2,4}(-[A-Z0-9]{1,3}(\.[0-9]{1,2})?)?$",
            expected="codes such as BK-A,SM-6",
            metadata={"description": "Codes of information kinds: any of them, parts included.", "example": "BK-A.1"},
        ),
        "office": Words(pattern=ID_PATTERN, expected="ids of offices, separated by commas"),
        "category": Words(pattern=SLUG_PATTERN, expected="slugs, separated by commas"),
        "area": area_codes(metadata={"description": "Includes what lies below it.", "example": "64.71.06"}),
        "year": Words(pattern="^(19|20)[0-9]{2}$", expected="years such as 2025,2026", metadata={"example": "2026"}),
    },
    schemes=("office", "information_kind", "tag", "area", "category", "year", "class", "channel", "language"),
    includes=("agency", "areas", "category", "channel", "information_kinds", "office"),
    about_list=(
        "Public information by class (UU 14/2008), information kind, year and agency; newest first, as compact cards."
    ),
    about_item=(
        "Read one published document with its files.\n\n"
        "`files[].url` is the path to download each file from, with the same key."
    ),
    linked_data=document_as_linked_data,
    file_types=ACCEPTED_MEDIA_TYPES,
    searched={
        **OF_EVERY_ITEM,
        "number": Weight.TITLE,
        "year": Weight.SUMMARY,
        "files.label": Weight.SUMMARY,
        **dict.fromkeys(
            ("holder", "responsible", "producer", "made_place", "period.text", "archive_code"), Weight.BODY
        ),
    },
)
