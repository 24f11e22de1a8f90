"""A preview as a page, for people without an account: the draft, what state it is in, and until when the link works."""

from __future__ import annotations

from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Response, render_template
from markupsafe import Markup

from cms.core.http.pages import PAGE_HEADERS
from cms.core.runtime import runtime
from cms.editorial.items.models import State
from cms.editorial.previews.services import Shown

# As for other pages, without scripts: nothing but the draft's pictures and the style of this server.
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
WORDS: Final[dict[str, dict[str, Any]]] = {
    "id": {
        "title": "Pratinjau",
        "unpublished": "belum terbit",
        "untitled": "Tanpa judul",
        "state": "Keadaan",
        "states": {
            State.DRAFT: "draf",
            State.IN_REVIEW: "sedang diperiksa",
            State.APPROVED: "disetujui",
            State.RETURNED: "dikembalikan kepada penulis",
            State.SCHEDULED: "dijadwalkan terbit",
            State.PUBLISHED: "terbit",
            State.UNPUBLISHED: "sudah dicabut",
            State.ARCHIVED: "diarsipkan",
            State.TRASHED: "di tempat sampah",
        },
        "until": "Tautan ini berlaku sampai",
        "uses_left": "Sisa pembukaan",
        "files": "Lampiran",
    },
    "en": {
        "title": "Preview",
        "unpublished": "not published",
        "untitled": "Without a title",
        "state": "State",
        "states": {
            State.DRAFT: "draft",
            State.IN_REVIEW: "in review",
            State.APPROVED: "approved",
            State.RETURNED: "returned to the author",
            State.SCHEDULED: "scheduled",
            State.PUBLISHED: "published",
            State.UNPUBLISHED: "taken back",
            State.ARCHIVED: "archived",
            State.TRASHED: "in the trash",
        },
        "until": "This link works until",
        "uses_left": "It can be opened again",
        "files": "Attachments",
    },
}


def preview_page(shown: Shown, headers: dict[str, str]) -> Response:
    """The page of one use of a link; `headers` are those of every preview."""
    preview, item = shown.preview, shown.rendered.full
    page = render_template(
        "preview.html",
        item=item,
        # Sanitised when it was rendered (R-C1): the only text of the draft that is not escaped.
        body=Markup(item["body_html"]),  # noqa: S704
        words=WORDS,
        state=shown.item.state,
        is_live=shown.rendered.edition == shown.item.published_edition,
        until=preview.expires_at.astimezone(ZoneInfo(runtime().settings.city_timezone)),
        uses_left=None if preview.most_uses is None else preview.most_uses - preview.uses,
    )
    return Response(page, headers={**PAGE_HEADERS, **headers, "Content-Security-Policy": POLICY})
