"""Messages to the caller (/manage/v1/notifications), what the caller is told (/manage/v1/me/notifications), and unsubscribing without signing in."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template

from cms.accounts.queries import get_user
from cms.core.http.access import Plane, current_actor, public, requires
from cms.core.http.answers import Answer, PageRequest, one_answer, whole_answer
from cms.core.http.api import CHANGE_PROBLEMS, Blueprint
from cms.core.http.conditional import expected_version
from cms.core.http.pages import PAGE_HEADERS, POLICY
from cms.core.http.schemas import many, one
from cms.core.permissions import Permission
from cms.notifications import queries
from cms.notifications.links import UNSUBSCRIBE_PATH, subscription_of
from cms.notifications.models import NotificationSettings
from cms.notifications.policies import ABOUT_ITEMS
from cms.notifications.presenter import FIRST_VERSION, render_notification, render_settings
from cms.notifications.schemas import (
    NotificationQuerySchema,
    NotificationSchema,
    NotificationSettingsSchema,
    NotificationSettingsUpdateSchema,
    NotificationsReadSchema,
    UnreadSchema,
)
from cms.notifications.services import lists
from cms.notifications.services import settings as choosing
from cms.notifications.words import KINDS

blp = Blueprint(
    "notifications", __name__, url_prefix="/manage/v1", description="Messages to people, and what they want to be told."
)
unsubscribing = Blueprint("unsubscribing", __name__, url_prefix=UNSUBSCRIBE_PATH, template_folder="templates")
blueprints = (blp, unsubscribing)
TOKEN = {"name": "token", "in": "path", "description": "What the mail has there: signed, for one person and one kind."}
# The button of the page sends to the page itself.
_HEADERS = {
    **PAGE_HEADERS,
    "Content-Security-Policy": POLICY.replace("form-action 'none'", "form-action 'self'"),
    "Cache-Control": "no-store",
}


@blp.route("/notifications")
@requires(Permission.ACCOUNT_OWN)
@blp.arguments(NotificationQuerySchema, location="query")
@blp.response(200, many(NotificationSchema))
@blp.problems(400, 401, 403)
def list_notifications(query: dict[str, Any]) -> Answer:
    """List the own messages.

    The newest first; kept for 90 days. Titles are those of now, and only of what the caller may see now.
    """
    page, actor = PageRequest(query), current_actor()
    rows = queries.list_notifications(
        str(actor.id),
        is_unread=query.get("unread"),
        kinds=query.get("kind", ()),
        before=page.after[0] if page.after else None,
        limit=page.fetch,
    )
    items = queries.find_items(row.resource_id for row in rows if row.kind in ABOUT_ITEMS)
    return page.answer(rows, lambda row: render_notification(row, actor, items), lambda row: [row.id])


@blp.route("/notifications/read", methods=["POST"])
@requires(Permission.ACCOUNT_OWN)
@blp.arguments(NotificationsReadSchema)
@blp.response(200, one(UnreadSchema))
@blp.problems(400, 401, 403, 413, 415, 422)
def read_notifications(body: dict[str, Any]) -> Answer:
    """Mark own messages as read.

    Those in `ids`, and all up to `until`. What was read is left out of mails that are still waiting.
    """
    lists.mark_read(current_actor(), **body)
    return whole_answer({"unread": queries.count_unread(str(current_actor().id))})


@blp.route("/me/notifications")
@requires(Permission.ACCOUNT_OWN)
@blp.response(200, one(NotificationSettingsSchema))
@blp.problems(400, 401, 403)
def read_notification_settings() -> Answer:
    """What the caller is told, and by which way.

    In the list (`here`), by mail at once, or in one mail a day. The answer's ETag is what a change must send in If-Match.
    """
    user_id = str(current_actor().id)
    return _settings(queries.find_settings([user_id]).get(user_id))


@blp.route("/me/notifications", methods=["PATCH"])
@requires(Permission.ACCOUNT_OWN)
@blp.arguments(NotificationSettingsUpdateSchema)
@blp.response(200, one(NotificationSettingsSchema))
@blp.problems(*CHANGE_PROBLEMS)
def update_notification_settings(changes: dict[str, Any]) -> Answer:
    """Change what the caller is told.

    JSON merge patch (RFC 7396). Messages about security always come, in the list and by mail.
    """
    return _settings(choosing.change_settings(current_actor(), expected_version(), changes))


@unsubscribing.route("/<token>", parameters=[TOKEN])
@public(Plane.SERVICE, ignores_query=True)
@unsubscribing.response(200, {"type": "string"}, content_type="text/html", example="<!doctype html>...")
@unsubscribing.problems(404, 503)
@unsubscribing.doc(tags=["notifications"])
def show_unsubscribing(token: str) -> Response:
    """The page with the button that switches a kind of mail off.

    It changes nothing by itself: programs that look at links of mails open it too.
    """
    _user_id, kind = subscription_of(token)
    return _page(kind, is_done=False)


@unsubscribing.route("/<token>", methods=["POST"], parameters=[TOKEN])
@public(Plane.SERVICE, ignores_query=True)
@unsubscribing.response(200, {"type": "string"}, content_type="text/html", example="<!doctype html>...")
@unsubscribing.problems(404, 503)
@unsubscribing.doc(tags=["notifications"])
def unsubscribe(token: str) -> Response:
    """Switch a kind of mail off, with one click (RFC 8058).

    What the request holds is not read. Messages stay in the list.
    """
    user_id, kind = subscription_of(token)
    choosing.unsubscribe(user_id, kind)
    return _page(kind, is_done=True)


def _settings(settings: NotificationSettings | None) -> Answer:
    user = get_user(str(current_actor().id))
    data = render_settings(settings, user.email, queries.count_unread(user.id))
    return one_answer(data, settings.version if settings else FIRST_VERSION)


def _page(kind: str, *, is_done: bool) -> Response:
    return Response(render_template("unsubscribe.html", kind=KINDS[kind], is_done=is_done), headers=_HEADERS)
