"""`.../lease`: who is editing an item."""

from __future__ import annotations

from typing import Any

from flask import Response

from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, whole_answer
from cms.core.http.api import WRITE_PROBLEMS
from cms.core.http.operations import always
from cms.core.http.schemas import one
from cms.core.permissions import Permission
from cms.editorial.items.queries import get_item
from cms.editorial.leases.models import EditLease
from cms.editorial.leases.presenter import render_lease
from cms.editorial.leases.queries import find_lease
from cms.editorial.leases.schemas import LeaseSchema, TakeLeaseSchema
from cms.editorial.leases.services import release_lease, take_lease
from cms.editorial.resource import Operations, Resource

NOBODY = {"holder": None, "since": None, "until": None}

operations = Operations()


@operations.route(
    "/<item_id>/lease",
    requires(Permission.CONTENT_EDIT),
    "POST",
    body=TakeLeaseSchema,
    answer=always(one(LeaseSchema)),
    problems=WRITE_PROBLEMS,
)
def take_item_lease(resource: Resource, body: dict[str, Any], item_id: str) -> Answer:
    """Say that you are editing a {type}

    A courtesy to colleagues for seven minutes; call it again to renew. `If-Match` decides about writes, never the lease.

    Another person's lease answers 409 `lease_held`, which says who and until when; `take_over` takes it all the same, and the
    log records that.
    """
    return _shown(take_lease(resource.content_type, current_actor(), item_id, **body))


@operations.route(
    "/<item_id>/lease", requires(Permission.CONTENT_READ), answer=always(one(LeaseSchema)), problems=(401, 403, 404)
)
def read_item_lease(resource: Resource, item_id: str) -> Answer:
    """See who is editing a {type}

    Also shown as `lease` wherever the item is shown in full.
    """
    return _shown(find_lease(get_item(resource.content_type, item_id, current_actor()).id))


@operations.route(
    "/<item_id>/lease", requires(Permission.CONTENT_EDIT), "DELETE", status=204, problems=(401, 403, 404, 409)
)
def release_item_lease(resource: Resource, item_id: str) -> Response:
    """Say that you are done editing a {type}

    Without a lease of your own nothing happens.
    """
    release_lease(resource.content_type, current_actor(), item_id)
    return Response(status=204)


def _shown(lease: EditLease | None) -> Answer:
    return whole_answer(NOBODY if lease is None else render_lease(lease))
