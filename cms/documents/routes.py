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
from cms.editorial.previews.routes import add_preview
from cms.editorial.routes import Wire, content_blueprint

WIRE = Wire(
    content_type=DOCUMENT,
    create=DocumentCreateSchema,
    update=DocumentUpdateSchema,
    item=DocumentItemSchema,
    row=DocumentRowSchema,
    query=DocumentQuerySchema,
)
blp = content_blueprint(WIRE)
add_preview(WIRE, DocumentSchema)
