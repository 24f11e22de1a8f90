"""Documents as a content type: the description from which the application makes routes, actions and filters. Files have their own routes."""

from __future__ import annotations

from cms.documents.accessibility_routes import blp as accessibility
from cms.documents.content import DOCUMENT
from cms.documents.delivered import DELIVERED_DOCUMENTS
from cms.documents.file_routes import blp as files
from cms.documents.schemas import (
    DocumentCreateSchema,
    DocumentItemSchema,
    DocumentQuerySchema,
    DocumentRowSchema,
    DocumentUpdateSchema,
)
from cms.editorial.registration import RegisteredType
from cms.editorial.resource import Resource

DOCUMENTS = RegisteredType(
    resource=Resource(
        content_type=DOCUMENT,
        create=DocumentCreateSchema,
        update=DocumentUpdateSchema,
        item=DocumentItemSchema,
        row=DocumentRowSchema,
        query=DocumentQuerySchema,
        delivered=DELIVERED_DOCUMENTS,
    ),
    about="Public-information documents: writing, review and publishing.",
    blueprints=(files, accessibility),
)
