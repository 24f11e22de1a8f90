"""`.../previews`: preview links of an item; and `/preview/...`, their targets.

A link shows its item on the service plane, under its own address: nothing below `/v1` knows these links, so neither the
delivery plane's cache nor a cache in front of it can ever hold a draft.
"""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, request

from cms.core.http.access import Plane, current_actor, public, requires
from cms.core.http.answers import Answer, PageRequest, media_base, whole_answer
from cms.core.http.api import WRITE_PROBLEMS, Blueprint
from cms.core.http.files import file_answer
from cms.core.http.operations import always
from cms.core.http.pages import wants_page
from cms.core.http.schemas import PageQuerySchema, many, one
from cms.core.permissions import Permission
from cms.editorial.items.queries import get_item
from cms.editorial.previews.links import token_of
from cms.editorial.previews.page import preview_page
from cms.editorial.previews.presenter import render_preview
from cms.editorial.previews.queries import get_opened_picture, get_preview, list_previews
from cms.editorial.previews.schemas import MadePreviewSchema, PreviewCreateSchema, PreviewSchema, previewed_schema
from cms.editorial.previews.services import create_preview, revoke_preview, use_preview
from cms.editorial.resource import Operations, Resource
from cms.media.files import image_file
from cms.media.presenter import IMAGE_TYPES
from cms.media.schemas import RENDITION_PARAMETER

HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept",
}

operations = Operations()
shown = Operations()
"""Where the links lead, below `/preview/<plural>`."""


@shown.route(
    "/<token>",
    public(Plane.SERVICE),
    answer=lambda resource: previewed_schema(resource.content_type.name, resource.delivered.full),
    problems=(403, 404, 410),
    has_page=True,
)
def show_item_preview(resource: Resource, token: str) -> Answer | Response:
    """Read a {type} through a preview link

    The item as `/v1` would deliver it, with null where the draft has nothing yet. Counted (HEAD is not), never cached. 404: not a link of this
    server. 410: the link has ended. 403: its text waits for a second person. A browser, which asks for HTML, gets all of these as a page.
    """
    # HEAD gets no content: chat programs and scanners ask it of every link that they pass on.
    used = use_preview(resource.content_type, token, is_counted=request.method != "HEAD")
    if wants_page():
        return preview_page(used, HEADERS)
    facts = render_preview(used.preview)
    meta = {**media_base(), "edition": used.rendered.edition, "state": used.item.state}
    meta |= {name: facts[name] for name in ("expires_at", "uses_left")}
    return {"data": used.rendered.full, "meta": meta}, 200, HEADERS


pictures = Blueprint("preview_pictures", __name__, url_prefix="/preview/media")


@pictures.route("/<string:token>/<string:name>", methods=["GET"], parameters=RENDITION_PARAMETER)
@public(Plane.SERVICE)
@pictures.sends_bytes(*IMAGE_TYPES)
@pictures.problems(404, 410, 503)
@pictures.doc(tags=["previews"])
def show_preview_picture(token: str, name: str) -> Response:
    """Get a picture of a draft that is shown through a preview link.

    The address stands in what the link shows, opens for an hour at most, and ends with the link (410). Answers with the whole image while the
    worker has not made the rendition. Takes `Range`, `If-Range` and `If-None-Match`.
    """
    return file_answer(image_file(get_opened_picture(token), name), HEADERS)


@operations.route(
    "/<item_id>/previews",
    requires(Permission.CONTENT_EDIT),
    "POST",
    body=PreviewCreateSchema,
    answer=always(one(MadePreviewSchema)),
    status=201,
    problems=WRITE_PROBLEMS,
)
def create_item_preview(resource: Resource, body: dict[str, Any], item_id: str) -> Answer:
    """Make a preview link of a {type}

    `data.url` is the link: it is shown this once. With a template for addresses it is the page of the agency's website, which gets what
    `/preview/` answers by the parameter `preview`. It opens this one item and nothing else, and ends when it expires, is revoked
    or used up, when the item goes to the trash, and when you lose the right to edit the item, are suspended or change your password.
    """
    kind = resource.content_type
    values = {"edition": body.get("edition"), "expires_in": body["expires_in"], "most_uses": body.get("uses")}
    made = create_preview(kind, current_actor(), item_id, **values)
    preview, host = made.preview, current_app.config["PUBLIC_URL"]
    shown_by = f"{kind.plural}/{token_of(preview)}"
    content_url = f"{host}/preview/{shown_by}"
    url = f"{made.page}{'&' if '?' in made.page else '?'}preview={shown_by}" if made.page else content_url
    headers = {"Location": f"{host}{resource.path}/{item_id}/previews/{preview.id}"}
    return whole_answer({**render_preview(preview), "url": url, "content_url": content_url}, 201, headers)


@operations.route(
    "/<item_id>/previews",
    requires(Permission.CONTENT_READ),
    query=PageQuerySchema,
    answer=always(many(PreviewSchema)),
    problems=(400, 401, 403, 404),
)
def list_item_previews(resource: Resource, query: dict[str, Any], item_id: str) -> Answer:
    """List the preview links of a {type}

    Newest first, ended ones included; never the address.
    """
    page = PageRequest(query)
    item = get_item(resource.content_type, item_id, current_actor())
    rows = list_previews(item, page.fetch, page.after[0] if page.after else None)
    return page.answer(rows, render_preview, lambda preview: [preview.id])


@operations.route(
    "/<item_id>/previews/<preview_id>",
    requires(Permission.CONTENT_READ),
    answer=always(one(PreviewSchema)),
    problems=(401, 403, 404),
)
def read_item_preview(resource: Resource, item_id: str, preview_id: str) -> Answer:
    """Read the data of a preview link of a {type}

    Includes how often it was opened.
    """
    item = get_item(resource.content_type, item_id, current_actor())
    return whole_answer(render_preview(get_preview(item, preview_id)))


@operations.route(
    "/<item_id>/previews/<preview_id>",
    requires(Permission.CONTENT_EDIT),
    "DELETE",
    status=204,
    problems=(401, 403, 404),
)
def revoke_item_preview(resource: Resource, item_id: str, preview_id: str) -> Response:
    """Revoke a preview link of a {type}

    It shows nothing from the next request on.
    """
    revoke_preview(resource.content_type, current_actor(), item_id, preview_id)
    return Response(status=204)
