"""`/manage/v1/posts`: the routes of editorial with the schemas of posts."""

from __future__ import annotations

from cms.editorial.reposts.routes import operations as reposts
from cms.editorial.resource import Resource
from cms.editorial.routes import content_blueprint
from cms.posts.content import POST
from cms.posts.presented_schemas import PostSchema
from cms.posts.schemas import PostCreateSchema, PostItemSchema, PostQuerySchema, PostRowSchema, PostUpdateSchema

RESOURCE = Resource(
    content_type=POST,
    create=PostCreateSchema,
    update=PostUpdateSchema,
    item=PostItemSchema,
    row=PostRowSchema,
    query=PostQuerySchema,
    presented=PostSchema,
)
blp = content_blueprint(RESOURCE, reposts)
