"""A website's own code with the Python client that OpenAPI Generator makes."""

from __future__ import annotations

import os

from openapi_client import ApiClient, Configuration, DeliveryApi
from openapi_client.exceptions import NotFoundException
from openapi_client.models import DeliveredPostCard

api = DeliveryApi(ApiClient(Configuration(host=os.environ["SIMPUL_API"], access_token=os.environ["SIMPUL_KEY"])))

page = api.list_posts(limit=2, kind=["berita", "pengumuman"])
for card in page.data:
    print(
        card.title,
        "|",
        card.agency.short_name,
        "|",
        card.published_at.year,
        "|",
        card.category and card.category.actual_instance,
    )

first = page.data[0]
post = api.read_post(first.id, include=["agency", "category"]).data
print(len(post.body_html) > 0, post.agency.contact.phone, post.category and post.category.actual_instance)

documents = api.list_documents(limit=20, var_class=["berkala"]).data
with_file = next(each for each in (api.read_document(card.id).data for card in documents) if each.files)
file = with_file.files[0]
print(with_file.title, len(api.download_document_file(with_file.id, file.id)) == file.bytes)

items = api.list_items(ids=[first.id, with_file.id])
print([f"{item.type} {item.slug}" for item in items.data], items.meta.missing)
print(api.resolve_address(type="post", agency=first.agency.slug, slug=first.slug).data.status)
print(api.list_agencies(kind=["dinas"]).data[0].contact.email, api.list_areas(level=["kecamatan"]).data[0].name)
print(api.read_whoami().data.scopes)

try:
    api.read_post("019ac1a0-7c00-7000-8000-000000000009")
except NotFoundException as none:
    print(none.status, none.data.code)

# A later version of the server: a new field everywhere, a word that nobody knows.
later = {**first.to_dict(), "kind": "podcast", "later": {"more": [1]}}
print(DeliveredPostCard.from_dict(later).kind)
