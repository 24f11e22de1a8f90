"""All routes of a content type: posts and documents behave alike because they run the same code."""

from __future__ import annotations

from collections.abc import Iterable

from cms.core.http.api import Blueprint
from cms.editorial.comments import routes as comments
from cms.editorial.endings import routes as endings
from cms.editorial.history import routes as history
from cms.editorial.items import routes as item_routes
from cms.editorial.leases import routes as leases
from cms.editorial.personal_data import routes as personal_data
from cms.editorial.previews import routes as previews
from cms.editorial.resource import Operations, Resource
from cms.editorial.review import routes as review
from cms.editorial.schedules import routes as schedules
from cms.editorial.trash import routes as trash

OPERATIONS = (
    item_routes.operations,
    schedules.operations,
    endings.operations,
    review.operations,
    trash.operations,
    comments.operations,
    history.operations,
    personal_data.operations,
    leases.operations,
    previews.operations,
)


def content_blueprint(resource: Resource, about: str, *more: Operations) -> Blueprint:
    """The routes of a content type under `/manage/v1/<plural>`, with operations that only some types have."""
    blueprint = Blueprint(resource.content_type.plural, __name__, url_prefix=resource.path, description=about)
    for operations in (*OPERATIONS, *more):
        operations.mount(blueprint, resource)
    return blueprint


def preview_blueprint(resources: Iterable[Resource]) -> Blueprint:
    """The routes behind preview links, for all content types."""
    blueprint = Blueprint("previews", __name__, url_prefix="/preview", template_folder="previews/templates")
    for resource in resources:
        previews.shown.mount(blueprint, resource, f"/{resource.content_type.plural}")
    return blueprint
