"""The filters of all lists of content, which a search takes too."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from cms.core.http.field_rules import Length
from cms.core.http.fields import MESSAGES, Moment, Words
from cms.core.http.request_head import LONGEST_QUERY
from cms.core.http.schemas import PageQuerySchema
from cms.core.ids import ID_PATTERN
from cms.serving.parameters import SLUGS
from cms.taxonomy.languages import LANGUAGES

MOST_IDS = 100


class Anything(fields.String):
    """A part of an address that people or programs found somewhere, whatever it looks like: what nothing has is not found.

    No query is longer than its bound.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs["error_messages"] = {**MESSAGES, **kwargs.get("error_messages", {})}
        super().__init__(validate=[Length(max=LONGEST_QUERY)], **kwargs)


class ContentFiltersSchema(PageQuerySchema):
    """Filters that all content types have; a comma means any of, several parameters mean all of."""

    agency = Words(
        **SLUGS,
        metadata={"description": "Owner; includes agencies that were merged into it.", "example": "dpu,dishub"},
    )
    channel = Words(
        **SLUGS,
        metadata={"description": "Channel of publication, own and reposted; includes those of merged agencies."},
    )
    tag = Words(**SLUGS, metadata={"example": "penutupan-jalan"})
    language = Words(choices=LANGUAGES, metadata={"description": "BCP 47.", "example": "id"})
    slug = Words(**SLUGS, metadata={"description": "Present slugs; `resolve` also knows former ones."})
    ids = Words(
        pattern=ID_PATTERN,
        expected="ids, separated by commas",
        most=MOST_IDS,
        metadata={
            "description": f"At most {MOST_IDS} ids, in the order of `sort`, on one page whatever `limit` says.",
            "example": "019ac1a0-7c00-7000-8000-000000000002",
        },
    )
    published_after = Moment(
        metadata={"description": "Published after this moment.", "example": "2026-01-01T00:00:00Z"}
    )
    published_before = Moment(metadata={"description": "Published before this moment."})
    updated_after = Moment(metadata={"description": "Published again after this moment, corrections included."})
    changed_after = Moment(
        metadata={
            "description": "Changed for readers after this moment in any way; with `sort=changed_at` a copy stays complete.",
            "example": "2026-11-24T01:00:00.000001Z",
        }
    )
