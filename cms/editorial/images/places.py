"""Where an image is shown, and whose right, and whose second look, a change of its words takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import CompoundSelect, and_, exists, false, or_, select, true, union

from cms.agencies.models import Agency, Reviewer
from cms.core.db import UnitOfWork
from cms.core.permissions import Actor, Permission, Role, Target, authorize
from cms.core.runtime import runtime
from cms.editorial.items.models import Item, State
from cms.media.models import Image, ImageUse
from cms.moderation.breaker import check_freeze
from cms.publishing.models import PublicationFile, PublicationTerm
from cms.taxonomy.models import Category

DECIDED: Final = (State.IN_REVIEW.value, State.APPROVED.value, State.SCHEDULED.value)
"""States in which somebody looks at the newest edition, or has: as long as it does not come back, its authors wait."""


class Place(NamedTuple):
    """Where an image is shown to readers, or was shown to who approves: whose right to publish, and whose approval, it takes."""

    agency: str
    channel: str
    is_public: bool
    reviewed_by: str
    needs_four_eyes: bool


def need_second_person(actor: Actor, image: Image, words: Mapping[str, Any], places: Sequence[Place]) -> bool:
    """True when these words need somebody else: the same rule as for an edition (`cms.editorial.items.policies.approval_fault`)."""
    needs_central = any(place.reviewed_by == Reviewer.CENTRAL.value for place in places)
    if needs_central and not actor.has(Role.CENTRAL_EDITOR):
        return True
    is_second = image.proposed == words and image.proposed_by_id not in (None, actor.id)
    return any(place.needs_four_eyes for place in places) and not is_second


def places_of(unit: UnitOfWork, image: Image) -> Sequence[Place]:
    """Items that readers have with the image, and items whose newest edition shows it and was approved, or is being looked at.

    What readers have counts with its own category: a newer draft may have been filed elsewhere.
    """
    filed = and_(PublicationTerm.scheme == "category", PublicationTerm.term == Category.slug, Category.four_eyes)
    published_four_eyes = or_(
        Agency.four_eyes, exists().where(PublicationTerm.publication_id == PublicationFile.publication_id, filed)
    )
    live = (
        select(Item.agency, Item.published_channel, true(), Agency.review, published_four_eyes)
        .join(PublicationFile, PublicationFile.item_id == Item.id)
        .join(Agency, Agency.slug == Item.agency)
        .where(PublicationFile.file_id == image.id, Item.published_channel.is_not(None))
    )
    is_decided = or_(Item.state.in_(DECIDED), Item.approved_edition == Item.edition)
    newest = (
        select(Item.agency, Item.channel, false(), Item.reviewed_by, Item.needs_four_eyes)
        .join(ImageUse, ImageUse.item_id == Item.id)
        .where(ImageUse.image_id == image.id, is_decided)
    )
    rows: CompoundSelect[Any] = union(live, newest)
    return [Place(*row) for row in unit.session.execute(rows)]


def authorize_places(unit: UnitOfWork, actor: Actor, places: Sequence[Place]) -> None:
    """Each of these items is somebody's to publish (R-Z1), unless that is frozen: the image does not go around it."""
    city_channel = runtime().settings.city_channel
    for place in places:
        target = Target(place.agency, place.channel, None, place.channel == city_channel)
        authorize(actor, Permission.CONTENT_PUBLISH, target)
        if place.is_public:
            check_freeze(unit, actor, place.agency)
