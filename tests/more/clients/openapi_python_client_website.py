"""A website's own code with the client that openapi-python-client makes from /openapi-delivery.json; mypy checks it strictly."""

from __future__ import annotations

import os

from simpul import AuthenticatedClient
from simpul.api.delivery import (
    download_document_file,
    list_agencies,
    list_documents,
    list_items,
    list_posts,
    read_document,
    read_post,
    read_whoami,
    resolve_address,
)
from simpul.models import (
    DeliveredAgencyPage,
    DeliveredCategory,
    DeliveredDocumentAnswer,
    DeliveredDocumentCardPage,
    DeliveredPostAnswer,
    DeliveredPostCard,
    DeliveredPostCardPage,
    ItemsAnswer,
    ListAgenciesKindItem,
    ListDocumentsClassItem,
    ListPostsKindItem,
    Problem,
    ReadPostIncludeItem,
    ResolvedAnswer,
    WhoamiAnswer,
)

client = AuthenticatedClient(base_url=os.environ["SIMPUL_API"], token=os.environ["SIMPUL_KEY"])

page = list_posts.sync(client=client, limit=2, kind=[ListPostsKindItem.BERITA, ListPostsKindItem.PENGUMUMAN])
assert isinstance(page, DeliveredPostCardPage)
for card in page.data:
    print(card.title.strip(), "|", card.agency.short_name, "|", card.published_at.year, "|", card.kind)

first: DeliveredPostCard = page.data[0]
found = read_post.sync(first.id, client=client, include=[ReadPostIncludeItem.CATEGORY, ReadPostIncludeItem.AGENCY])
assert isinstance(found, DeliveredPostAnswer)
print(len(found.data.body_html) > 0, found.data.agency.name)
if isinstance(found.data.category, DeliveredCategory):
    print(found.data.category.name.id)

documents = list_documents.sync(client=client, class_=[ListDocumentsClassItem.BERKALA], limit=20)
assert isinstance(documents, DeliveredDocumentCardPage)
for each in documents.data:
    document = read_document.sync(each.id, client=client)
    assert isinstance(document, DeliveredDocumentAnswer)
    for file in document.data.files[:1]:
        answer = download_document_file.sync_detailed(each.id, file.id, client=client)
        print(each.title, file.media_type, len(answer.content) == file.bytes_)

items = list_items.sync(client=client, ids=[first.id, documents.data[0].id])
assert isinstance(items, ItemsAnswer)
print([f"{item.type_} {item.slug}" for item in items.data], items.meta.missing)

place = resolve_address.sync(client=client, type_="post", agency=first.agency.slug, slug=first.slug)
assert isinstance(place, ResolvedAnswer)
print(place.data.status, place.data.id == first.id)

agencies = list_agencies.sync(client=client, kind=[ListAgenciesKindItem.DINAS])
assert isinstance(agencies, DeliveredAgencyPage)
print(agencies.data[0].name, agencies.data[0].contact.email)

me = read_whoami.sync(client=client)
assert isinstance(me, WhoamiAnswer)
print(me.data.scopes, me.meta.sequence)

refused = list_posts.sync(client=client, limit=2, cursor="none")
assert isinstance(refused, Problem)
print(refused.status, refused.code)

# A later version of the server: a new field everywhere, a word that nobody knows.
later = {**first.to_dict(), "kind": "podcast", "later": {"more": [1]}}
print(DeliveredPostCard.from_dict(later).kind, DeliveredPostCard.from_dict(later)["later"])
