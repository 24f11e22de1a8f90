"""What the rows of the access matrix send: one good request for each route, about something that was just made."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from urllib.parse import quote

from cms.core import clock
from cms.core.db import unit_of_work
from cms.core.ids import new_id
from cms.language.models import SynonymEntry
from cms.notifications.links import unsubscribe_link
from tests.access.world import NOBODIES, WEBSITES, Ask, Sent, World
from tests.documents.samples import PDF
from tests.factories import document_content, post_content
from tests.media.pictures import jpeg
from tests.people import PASSWORD, email_of

MANAGE = "/manage/v1"
CREATE = {"If-None-Match": "*"}


def get(path: str) -> Ask:
    """An address that is always there."""
    return lambda _world, _who: Sent(path)


def send(path: str, body: dict[str, Any]) -> Ask:
    """This body; `{}` in a text becomes a new number."""

    def ask(world: World, _who: str) -> Sent:
        number = world.number()
        return Sent(path, arguments={"json": {k: _numbered(v, number) for k, v in body.items()}})

    return ask


def _numbered(value: Any, number: int) -> Any:
    return value.replace("{}", str(number)) if isinstance(value, str) else value


def content(kind: str) -> dict[str, Any]:
    """A new item."""
    made = post_content() if kind == "post" else document_content()
    return {**made, "title": "Judul baru {}"}


def put(kind: str) -> Ask:
    """Create an item under an id of the caller's own."""
    return lambda _world, _who: Sent(
        f"{MANAGE}/{kind}s/{new_id()}", arguments={"json": content(kind), "headers": CREATE}
    )


def item(kind: str, suffix: str = "", state: str = "draft", body: dict[str, Any] | None = None) -> Ask:
    """An item in this state."""

    def ask(world: World, _who: str) -> Sent:
        made = world.item(kind, state)
        return Sent(f"{MANAGE}/{kind}s/{made.id}{suffix}", made.version, {} if body is None else {"json": body})

    return ask


def comment(kind: str, step: str, state: str) -> Ask:
    """A comment on a draft."""

    def ask(world: World, _who: str) -> Sent:
        item_id, comment_id = world.comment(kind, state)
        return Sent(f"{MANAGE}/{kind}s/{item_id}/comments/{comment_id}/{step}", arguments={"json": {}})

    return ask


def preview(kind: str) -> Ask:
    """What is known of a preview link."""

    def ask(world: World, _who: str) -> Sent:
        item_id, preview_id, _link = world.preview(kind)
        return Sent(f"{MANAGE}/{kind}s/{item_id}/previews/{preview_id}")

    return ask


def preview_link(kind: str) -> Ask:
    """Where a preview link leads."""
    return lambda world, _who: Sent(world.preview(kind)[2])


def preview_picture(world: World, _who: str) -> Sent:
    """A picture of a draft, by the address that its preview shows."""
    return Sent(world.previewed_picture())


def new_release(world: World, _who: str) -> Sent:
    """Put two drafts together."""
    items = [{"type": kind, "id": world.item(kind).id} for kind in ("post", "document")]
    return Sent(f"{MANAGE}/releases", arguments={"json": {"title": "Peluncuran", "items": items}})


def release(suffix: str = "", body: dict[str, Any] | None = None) -> Ask:
    """A release of two drafts."""
    return lambda world, _who: Sent(
        f"{MANAGE}/releases/{world.release()}{suffix}", 1, {} if body is None else {"json": body}
    )


def upload(world: World, _who: str) -> Sent:
    """Add a file to a document."""
    path = f"{MANAGE}/documents/{world.item('document').id}/files"
    return Sent(path, arguments={"data": {"file": (BytesIO(PDF), "renja.pdf")}})


def file(world: World, _who: str) -> Sent:
    """A file of a draft."""
    document, file_id, version = world.document_with_file()
    return Sent(f"{MANAGE}/documents/{document}/files/{file_id}", version)


def files(world: World, _who: str) -> Sent:
    """The files of a draft."""
    return Sent(f"{MANAGE}/documents/{world.document_with_file()[0]}/files")


def file_text(world: World, _who: str) -> Sent:
    """The text of a file of a draft."""
    document, file_id, _version = world.document_with_file()
    return Sent(f"{MANAGE}/documents/{document}/files/{file_id}/text")


def delivered_file(world: World, _who: str) -> Sent:
    """A file that readers have."""
    document, file_id, _version = world.document_with_file("published")
    return Sent(f"/v1/documents/{document}/files/{file_id}")


def new_image(world: World, _who: str) -> Sent:
    """Upload an image."""
    file = (BytesIO(jpeg(64 + world.number(), 48)), "jalan.jpg")
    return Sent(f"{MANAGE}/media", arguments={"data": {"file": file, "agency": "dpu"}})


def image(suffix: str = "", body: dict[str, Any] | None = None) -> Ask:
    """An image that nothing shows."""
    return lambda world, _who: Sent(
        f"{MANAGE}/media/{world.image()['id']}{suffix}", 1, {} if body is None else {"json": body}
    )


def stable_image(world: World, _who: str) -> Sent:
    """An image that readers have, by its stable address."""
    return Sent(f"/v1/media/{world.shown_image()}/card")


def shown_image(world: World, _who: str) -> Sent:
    """An image that readers have, by the address of its bytes."""
    found = world.callers["website"].get(f"/v1/media/{world.shown_image()}/card")
    return Sent(found.headers["Location"])


def delivered(kind: str) -> Ask:
    """An item that readers have."""
    return lambda world, _who: Sent(f"/v1/{kind}s/{world.item(kind, 'published').id}")


def delivered_items(world: World, _who: str) -> Sent:
    """Several items by id."""
    return Sent(f"/v1/items?ids={world.item('post', 'published').id},{world.item('document', 'published').id}")


def checksum(world: World, _who: str) -> Sent:
    """The checksum of a copy of everything."""
    page = world.callers["website"].get("/v1/sync").json
    return Sent(page["links"]["next"].replace("/v1/sync?", "/v1/sync/checksum?").partition("&")[0])


def address(world: World, _who: str) -> Sent:
    """An item by its address."""
    return Sent(f"/v1/resolve?type=post&agency=dpu&slug={world.item('post', 'published').slug}")


def sitemap(name: str) -> Ask:
    """A sitemap of an agency that has a website and a published post."""

    def ask(world: World, _who: str) -> Sent:
        path = f"/v1/sitemap.xml?agency={world.agency_with_site()}"
        listed = world.callers["website"].get(path).text
        found = re.search(rf"/v1/sitemaps/[a-z-]+/{name}\.xml", listed)
        assert found is not None, listed
        return Sent(found[0])

    return ask


def visited(world: World, _who: str) -> Sent:
    """The address for people of an item whose agency has no site: a page tells about it."""
    return Sent(f"/go/{world.item('post', 'published').id}")


def old_address(world: World, who: str) -> Sent:
    """An address that this item had before it came here."""
    return Sent(f"/go?url={world.old_address()}")


def login(world: World, _who: str) -> Sent:
    """Sign in as somebody else."""
    body = {"email": email_of(world.people.stranger().actor), "password": PASSWORD}
    return Sent(f"{MANAGE}/auth/login", arguments={"json": body})


def refresh(world: World, who: str) -> Sent:
    """Refresh the tokens of somebody else."""
    given = world.client.post(f"{MANAGE}/auth/login", **login(world, who).arguments).json
    assert given is not None
    return Sent(f"{MANAGE}/auth/refresh", arguments={"json": {"refresh_token": given["refresh_token"]}})


def own_session(world: World, who: str) -> Sent:
    """End the session of the caller himself."""
    named = who in NOBODIES or who in WEBSITES
    return Sent(f"{MANAGE}/me/sessions/{new_id() if named else world.callers[who].actor.id}/end")


def person(suffix: str = "", body: dict[str, Any] | None = None) -> Ask:
    """Somebody else."""
    return lambda world, _who: Sent(
        f"{MANAGE}/users/{world.person()}{suffix}", 1, {} if body is None else {"json": body}
    )


def session_of_person(world: World, _who: str) -> Sent:
    """End a session of somebody else."""
    someone = world.person()
    return Sent(f"{MANAGE}/users/{someone}/sessions/{someone}/end")


def agency(body: dict[str, Any] | None = None) -> Ask:
    """An agency."""
    return lambda world, _who: Sent(f"{MANAGE}/agencies/{world.agency()}", 1, {} if body is None else {"json": body})


def office(body: dict[str, Any] | None = None) -> Ask:
    """An office of Dinas Pekerjaan Umum."""
    return lambda world, _who: Sent(f"{MANAGE}/offices/{world.office()}", 1, {} if body is None else {"json": body})


def category(body: dict[str, Any] | None = None) -> Ask:
    """A category."""
    return lambda world, _who: Sent(
        f"{MANAGE}/categories/{world.category()}", 1, {} if body is None else {"json": body}
    )


def new_synonym(world: World, _who: str) -> Sent:
    """A term of search that nobody has said anything about."""
    return Sent(f"{MANAGE}/search/synonyms/baru-{world.number()}", arguments={"json": {"means": ["lama"]}})


def synonym(world: World, _who: str) -> Sent:
    """A term of search about which the city says something."""
    term, present = f"lama {world.number()}", clock.now()
    with world.app.app_context(), unit_of_work() as unit:
        unit.add(
            SynonymEntry(
                term=term, means=[], both_ways=True, changed_by_label="x", created_at=present, updated_at=present
            )
        )
    return Sent(f"{MANAGE}/search/synonyms/{quote(term)}")


def consumer(suffix: str = "", body: dict[str, Any] | None = None) -> Ask:
    """A website."""
    return lambda world, _who: Sent(
        f"{MANAGE}/consumers/{world.consumer()}{suffix}", 1, {} if body is None else {"json": body}
    )


def key(suffix: str = "", body: dict[str, Any] | None = None) -> Ask:
    """A key of a website."""

    def ask(world: World, _who: str) -> Sent:
        owner, key_id = world.key()
        return Sent(f"{MANAGE}/consumers/{owner}/keys/{key_id}{suffix}", 1, {} if body is None else {"json": body})

    return ask


def webhook(suffix: str = "", body: dict[str, Any] | None = None) -> Ask:
    """An endpoint of a website."""

    def ask(world: World, _who: str) -> Sent:
        owner, webhook_id = world.webhook()
        return Sent(
            f"{MANAGE}/consumers/{owner}/webhooks/{webhook_id}{suffix}", 1, {} if body is None else {"json": body}
        )

    return ask


def delivered_office(world: World, _who: str) -> Sent:
    """An office that readers have: written through the service, whose line in the log tells them."""
    values = {"agency": "dpu", "name": f"Kantor {world.number()}"}
    made = world.callers["central"]("POST", f"{MANAGE}/offices", json=values)
    return Sent(f"/v1/offices/{made.json['data']['id']}")  # type: ignore[index]


def choice(world: World, who: str) -> Sent:
    """Choose something about one's own messages; each caller has never chosen before."""
    return Sent(f"{MANAGE}/me/notifications", 1, {"json": {"kinds": {"comment": {"mail": "daily"}}}})


def unsubscribing(world: World, _who: str) -> Sent:
    """The address in a mail to somebody else that switches a kind of mail off."""
    with world.app.app_context():
        link = unsubscribe_link(str(world.callers["author"].actor.id), "comment")
    return Sent(link.removeprefix("http://localhost"))
