"""Posts as readers get them (api.md, "Delivered card")."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from cms.editorial.attribution import credit_line
from cms.editorial.content_types import Content, EditionToRender
from cms.editorial.references import area_lineage
from cms.editorial.reposts.social import caption
from cms.media.presenter import render_shown
from cms.posts.events import event_day, event_span
from cms.publishing.rendered_items import ALWAYS, RenderedItem, Span
from cms.publishing.splicing import OWN_FIELDS


def render_post(edition: EditionToRender) -> RenderedItem:
    """Card, full form and filter terms of one edition."""
    content = edition.content
    only_in_full = {
        "dateline": content["dateline"],
        "credit": content["credit"],
        "source_url": content["source_url"],
        "valid_from": content["valid_from"],
        "valid_until": content["valid_until"],
        "reposted_by": [],
        "social_text": _social_text(edition),
    }
    rendered = edition.rendered("post", _card(edition), only_in_full, _terms(content))
    return replace(rendered, valid=_valid(content), event=event_span(content))


def _card(edition: EditionToRender) -> dict[str, Any]:
    content = edition.content
    return {
        "id": edition.item_id,
        "type": "post",
        "kind": content["kind"],
        "title": content["title"],
        "slug": content["slug"],
        "summary": content["summary"],
        "agency": dict(edition.agency),
        "channel": content["channel"],
        "category": content["category"],
        "tags": content["tags"],
        "areas": content["areas"],
        "language": content["language"],
        **edition.times(),
        "event_date": event_day(content),
        "event": content["event"],
        "cover": _cover(edition),
        "canonical_url": edition.canonical_url,
        "credit_line": credit_line(edition.agency["name"], content["language"], content["credit"]),
        **OWN_FIELDS,
    }


def _cover(edition: EditionToRender) -> dict[str, Any] | None:
    image = edition.images.get(edition.content["cover"])
    return render_shown(image) if image else None


def _social_text(edition: EditionToRender) -> str | None:
    """Null while it is withdrawn: nobody should spread what does not hold any more."""
    if edition.withdrawn:
        return None
    content = edition.content
    short_name, link = edition.agency["short_name"], edition.canonical_url
    return caption(content["title"], content["summary"], short_name, content["tags"], link).text


def _valid(content: Content) -> Span:
    begins, ends = (content[name] and datetime.fromisoformat(content[name]) for name in ("valid_from", "valid_until"))
    return Span(begins or ALWAYS.begins, ends or ALWAYS.ends)


def _terms(content: Content) -> frozenset[tuple[str, str]]:
    terms = {("kind", content["kind"]), ("language", content["language"])}
    # An agency's own items are on its channel, also when the city publishes them.
    terms |= {("channel", content["channel"]), ("channel", content["agency"])}
    if content["category"]:
        terms.add(("category", content["category"]))
    terms |= {("tag", tag) for tag in content["tags"]}
    terms |= {("area", code) for area in content["areas"] for code in area_lineage(area)}
    return frozenset(terms)
