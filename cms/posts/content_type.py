"""Posts as a content type: the description from which the application makes routes, actions and filters."""

from __future__ import annotations

from cms.editorial.registration import RegisteredType
from cms.editorial.reposts.routes import operations as reposts
from cms.editorial.resource import Resource
from cms.posts.content import POST
from cms.posts.delivered import DELIVERED_POSTS
from cms.posts.schemas import PostCreateSchema, PostItemSchema, PostQuerySchema, PostRowSchema, PostUpdateSchema

POSTS = RegisteredType(
    resource=Resource(
        content_type=POST,
        create=PostCreateSchema,
        update=PostUpdateSchema,
        item=PostItemSchema,
        row=PostRowSchema,
        query=PostQuerySchema,
        delivered=DELIVERED_POSTS,
    ),
    about="News, press releases, announcements, agenda and articles: writing, review and publishing.",
    operations=(reposts,),
)
