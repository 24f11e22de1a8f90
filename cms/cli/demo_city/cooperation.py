"""How the agencies of the demonstration city work together: who reposts whose posts, and where a second person must approve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from cms.agencies.models import Agency
from cms.agencies.services import update_agency
from cms.cli.demo_city.people import Cast
from cms.core.db import rolled_back, session
from cms.core.errors import Conflict
from cms.core.runtime import runtime
from cms.editorial.items.models import Item
from cms.editorial.reposts.services import repost_item
from cms.posts.content import POST
from cms.taxonomy.models import Category
from cms.taxonomy.services import update_category


def carry(entry: Mapping[str, Any], titles: Mapping[str, str], cast: Cast) -> None:
    """Let an agency carry a post, named by its key; it stays as it is when the agency carries it already."""
    with rolled_back():
        item_id = session.scalars(
            select(Item.id).where(Item.type == POST.name, Item.title == titles[entry["post"]])
        ).one()
    carrier = entry["agency"]
    editor = cast.publisher(carrier, carrier, runtime().settings.city_channel)
    try:
        repost_item(POST, editor, item_id, carrier, comment=entry["comment"], place=entry["place"])
    except Conflict as conflict:
        if conflict.code != "already_reposted":
            raise


def ask_for_review(entry: Mapping[str, Any], cast: Cast) -> None:
    """Let an agency or a category ask for an approval. Called last, because content published earlier needed no approval."""
    kept: type[Agency | Category] = Agency if entry["of"] == "agency" else Category
    with rolled_back():
        version = session.scalars(select(kept.version).where(kept.slug == entry["slug"])).one()
    update = update_agency if kept is Agency else update_category
    update(cast.admin(), entry["slug"], frozenset({version}), entry["changes"])
