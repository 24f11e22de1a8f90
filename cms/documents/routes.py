"""`/manage/v1/documents`: the routes of editorial with the schemas of documents. Files have routes of their own."""

from __future__ import annotations

from cms.documents.content import DOCUMENT
from cms.documents.presented_schemas import DocumentSchema
from cms.documents.schemas import (
    DocumentCreateSchema,
    DocumentItemSchema,
    DocumentQuerySchema,
    DocumentRowSchema,
    DocumentUpdateSchema,
)
from cms.editorial.resource import Resource
from cms.editorial.routes import content_blueprint

RESOURCE = Resource(
    content_type=DOCUMENT,
    create=DocumentCreateSchema,
    update=DocumentUpdateSchema,
    item=DocumentItemSchema,
    row=DocumentRowSchema,
    query=DocumentQuerySchema,
    presented=DocumentSchema,
)
blp = content_blueprint(RESOURCE)
