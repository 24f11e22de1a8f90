"""`/manage/v1/posts`: the routes of editorial with the schemas of posts."""

from __future__ import annotations

from cms.editorial.previews.routes import add_preview
from cms.editorial.reposts.routes import add_reposts
from cms.editorial.routes import Wire, content_blueprint
from cms.posts.content import POST
from cms.posts.presented_schemas import PostSchema
from cms.posts.schemas import PostCreateSchema, PostItemSchema, PostQuerySchema, PostRowSchema, PostUpdateSchema

WIRE = Wire(
    content_type=POST,
    create=PostCreateSchema,
    update=PostUpdateSchema,
    item=PostItemSchema,
    row=PostRowSchema,
    query=PostQuerySchema,
)
blp = content_blueprint(WIRE)
add_reposts(blp, WIRE)
add_preview(WIRE, PostSchema)
