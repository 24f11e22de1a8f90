"""Posts and documents of the demonstration city, written, reviewed and published by its people.

Every step goes through the services that people use. An item that is there already is only brought to the state that it
should have, so an interrupted load can go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from cms.cli.demo_city.agencies import office_id
from cms.cli.demo_city.library import Pictures, image_id, with_picture
from cms.cli.demo_city.pdf import make_pdf
from cms.cli.demo_city.people import Cast
from cms.cli.demo_city.stages import ZONE, stage_of
from cms.core import clock
from cms.core.db import rolled_back, session
from cms.core.http.schemas import StrictSchema
from cms.core.permissions import Actor
from cms.documents.content import DOCUMENT, FILE_DEFAULTS
from cms.documents.files import received
from cms.documents.schemas import DocumentCreateSchema
from cms.documents.services import add_file
from cms.editorial.content_types import ContentType
from cms.editorial.items.models import Item, State
from cms.editorial.items.queries import get_edition
from cms.editorial.items.services import create_item
from cms.posts.content import POST
from cms.posts.schemas import PostCreateSchema

# The keys of an entry about its history, not its content.
STORY = {
    "key", "author", "published_at", "state", "comment", "files", "picture", "body_picture",
    "reviewer", "review_comments", "in_days", "standing", "explanation", "takes_place",
}  # fmt: skip


def add_post(entry: Mapping[str, Any], pictures: Pictures, cast: Cast) -> None:
    """Add one post with its pictures."""
    _add(POST, PostCreateSchema(), entry, cast, lambda: _pictures(entry, pictures, cast) | _event(entry))


def add_document(entry: Mapping[str, Any], cast: Cast) -> None:
    """Add one document with its files."""
    _add(DOCUMENT, DocumentCreateSchema(), entry, cast, lambda: _office(entry))


def _add(
    content_type: ContentType,
    schema: StrictSchema,
    entry: Mapping[str, Any],
    cast: Cast,
    references: Callable[[], dict[str, Any]],
) -> None:
    item = _find(content_type, entry)
    stage = stage_of(content_type, entry, cast)
    author = stage.author
    if item is None:
        given = {name: value for name, value in entry.items() if name not in STORY and value is not None}
        item = create_item(content_type, author, schema.load({**given, **references()})).item
    if item.state == State.DRAFT:
        item = _with_files(item, entry, author)
    stage.bring(item)


def _pictures(entry: Mapping[str, Any], pictures: Pictures, cast: Cast) -> dict[str, Any]:
    """Cover and body of a post, with the ids of its pictures."""
    found: dict[str, Any] = {}
    if "picture" in entry:
        found["cover"] = image_id(pictures[entry["picture"]], cast)
    if "body_picture" in entry:
        found["body"] = with_picture(entry["body"], image_id(pictures[entry["body_picture"]], cast))
    return found


def _event(entry: Mapping[str, Any]) -> dict[str, Any]:
    """When a post takes place that is still to come on the day that the city is loaded: an agenda from today on is never empty."""
    if "takes_place" not in entry:
        return {}
    told = entry["takes_place"]
    midnight = clock.now().astimezone(ZoneInfo(ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)
    begin = midnight + timedelta(days=told["in_days"], hours=told["hour"])
    moments = {"begin": begin, "end": begin + timedelta(hours=told["hours"])}
    return {"event": {**{name: clock.rfc3339(each) for name, each in moments.items()}, "place": told["place"]}}


def _office(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The office of a document, which the entry names."""
    return {"office": office_id(entry["agency"], entry["office"])} if "office" in entry else {}


def _find(content_type: ContentType, entry: Mapping[str, Any]) -> Item | None:
    with rolled_back():
        return session.scalar(
            select(Item).where(
                Item.type == content_type.name, Item.agency == entry["agency"], Item.title == entry["title"]
            )
        )


def _with_files(item: Item, entry: Mapping[str, Any], author: Actor) -> Item:
    """The item after the files that it does not have yet were added."""
    with rolled_back():
        present = len(get_edition(item).content.get("files", ()))
    for file in entry.get("files", ())[present:]:
        content = file["csv"].encode() if "csv" in file else make_pdf(entry["title"], file["pages"])
        with received([content], file["name"]) as upload:
            said = {name: file[name] for name in ("label", *FILE_DEFAULTS) if name in file}
            item = add_file(author, item.id, upload, said).item
    return item
