"""Where an image is shown, and whose permission and approval a change of its words needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import CompoundSelect, and_, exists, false, func, not_, or_, select, true, union

from cms.agencies.models import Agency, Reviewer
from cms.core.db import UnitOfWork
from cms.core.permissions import Actor, Permission, Target, authorize
from cms.core.runtime import runtime
from cms.editorial.items.models import Item, State
from cms.media.models import Image, ImageUse
from cms.moderation.breaker import check_freeze
from cms.publishing.models import PublicationFile, PublicationTerm
from cms.taxonomy.models import Category

DECIDED: Final = (State.IN_REVIEW.value, State.APPROVED.value, State.SCHEDULED.value)
"""States in which the newest edition is in review or was reviewed; its authors wait unless it is returned."""


class Place(NamedTuple):
    """A place where an image is shown to readers or was approved, with the permission and approval that a change needs."""

    agency: str
    channel: str
    is_public: bool
    reviewed_by: str
    needs_four_eyes: bool
    is_under_review: bool
    """True where nobody has approved yet what shows it, so that no approval covers its words."""


def need_second_person(actor: Actor, image: Image, words: Mapping[str, Any], places: Sequence[Place]) -> bool:
    """True when these words need a second person.

    The same rule as for an edition (`cms.editorial.items.policies.approval_fault`).
    """
    needs_central = any(place.reviewed_by == Reviewer.CENTRAL.value for place in places)
    if needs_central and not actor.is_central:
        return True
    # The proposer's own confirmation does not count.
    is_second = image.proposed == words and image.proposed_by_id not in (None, actor.id)
    return any(place.needs_four_eyes for place in places) and not is_second


def places_of(unit: UnitOfWork, image: Image) -> Sequence[Place]:
    """Live items with the image, and items whose newest edition shows it and is approved or in review.

    A live item counts with its published category: a newer draft may have another one.
    """
    filed = and_(PublicationTerm.scheme == "category", PublicationTerm.term == Category.slug, Category.four_eyes)
    published_four_eyes = or_(
        Agency.four_eyes, exists().where(PublicationTerm.publication_id == PublicationFile.publication_id, filed)
    )
    live = (
        select(Item.agency, Item.published_channel, true(), Agency.review, published_four_eyes, false())
        .join(PublicationFile, PublicationFile.item_id == Item.id)
        .join(Agency, Agency.slug == Item.agency)
        .where(PublicationFile.file_id == image.id, Item.published_channel.is_not(None))
    )
    is_approved = func.coalesce(Item.approved_edition == Item.edition, false())
    is_under_review = and_(Item.state == State.IN_REVIEW.value, not_(is_approved))
    is_decided = or_(Item.state.in_(DECIDED), Item.approved_edition == Item.edition)
    newest = (
        select(Item.agency, Item.channel, false(), Item.reviewed_by, Item.needs_four_eyes, is_under_review)
        .join(ImageUse, ImageUse.item_id == Item.id)
        .where(ImageUse.image_id == image.id, is_decided)
    )
    rows: CompoundSelect[Any] = union(live, newest)
    return [Place(*row) for row in unit.session.execute(rows)]


def authorize_places(unit: UnitOfWork, actor: Actor, places: Sequence[Place]) -> None:
    """Require the right to publish each of these items, without a freeze (R-Z1): changing an image must not bypass either."""
    city_channel = runtime().settings.city_channel
    for place in places:
        target = Target(place.agency, place.channel, None, place.channel == city_channel)
        authorize(actor, Permission.CONTENT_PUBLISH, target)
        if place.is_public:
            check_freeze(unit, actor, place.agency)
