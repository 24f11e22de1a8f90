"""Posts on the delivery plane."""

from __future__ import annotations

from cms.agencies.fields import area_codes
from cms.core.http.fields import Words
from cms.core.ids import SLUG_PATTERN
from cms.posts.delivered_schemas import PostCardSchema, PostSchema
from cms.publishing.delivered import DeliveredType

DELIVERED_POSTS = DeliveredType(
    name="post",
    topic="posts",
    card=PostCardSchema,
    full=PostSchema,
    filters={
        "kind": Words(
            pattern="^[a-z_]{1,30}$", expected="kinds, separated by commas", metadata={"example": "pengumuman"}
        ),
        "category": Words(pattern=SLUG_PATTERN, expected="slugs, separated by commas"),
        "area": area_codes(metadata={"description": "Includes what lies below it.", "example": "64.71.06"}),
    },
    schemes=("tag", "area", "category", "channel", "kind", "language"),
    includes=("agency", "areas", "category", "channel"),
    about_list=(
        "Newest first, as compact cards without bodies; `fields` also gives what only details have. "
        "Send the `ETag` back in `If-None-Match`: a 304 has no body."
    ),
    about_item=(
        "Read one published post with its body.\n\n"
        "410 says that it was published once and why it is gone: remove your copy."
    ),
)
