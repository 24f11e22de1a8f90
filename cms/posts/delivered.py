"""Posts on the delivery plane."""

from __future__ import annotations

from cms.agencies.fields import area_codes
from cms.core.http.fields import Choice, Moment, MomentOrDay, Words
from cms.core.ids import SLUG_PATTERN
from cms.posts.delivered_schemas import KINDS, PostCardSchema, PostSchema
from cms.posts.linked_data import post_as_linked_data
from cms.publishing.delivered import DeliveredType
from cms.publishing.searched import OF_EVERY_ITEM, Weight
from cms.publishing.selection import Relation

DELIVERED_POSTS = DeliveredType(
    name="post",
    topic="posts",
    card=PostCardSchema,
    full=PostSchema,
    filters={
        "kind": Words(choices=KINDS, metadata={"example": "pengumuman"}),
        "category": Words(pattern=SLUG_PATTERN, expected="slugs, separated by commas"),
        "area": area_codes(metadata={"description": "Includes what lies below it.", "example": "64.71.06"}),
        "relation": Choice(
            Relation,
            metadata={
                "description": "Only with `channel`: what it publishes itself (`own`), or only carries (`repost`).",
                "example": "own",
            },
        ),
        "valid_at": Moment(
            is_bounded=True,
            metadata={
                "description": "What holds at this moment; without `valid_from` it has always held, without `valid_until` it "
                "holds until further notice.",
                "example": "2026-12-01T02:00:00Z",
            },
        ),
        "event_after": MomentOrDay(
            is_bounded=True,
            metadata={
                "description": "What takes place and is not over at this moment, or at the end of this day of the city.",
                "example": "2026-12-01T02:00:00Z",
            },
        ),
        "event_before": MomentOrDay(
            is_bounded=True,
            metadata={
                "description": "What takes place and begins before this moment, or before this day of the city.",
                "example": "2027-01-01T00:00:00Z",
            },
        ),
    },
    schemes=("tag", "area", "category", "channel", "kind", "language"),
    includes=("agency", "areas", "category", "channel"),
    linked_data=post_as_linked_data,
    has_events=True,
    searched={**OF_EVERY_ITEM, "event.place": Weight.SUMMARY, "dateline": Weight.BODY},
    about_list=(
        "Newest first, as compact cards without bodies; `fields` also gives what only details have. "
        "Send the `ETag` back in `If-None-Match`: a 304 has no body."
    ),
    about_item=(
        "Read one published post with its body.\n\n"
        "410 says that it was published once and why it is gone: remove your copy."
    ),
)
