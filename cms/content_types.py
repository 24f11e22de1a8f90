"""The content types of this product. A new one is a line here, a folder and a migration (CONTRIBUTING, "Add a content type").

`create_app` makes everything of this list; a test may give it another one.
"""

from __future__ import annotations

from cms.changes.models import add_topic
from cms.documents.content_type import DOCUMENTS
from cms.editorial.registration import RegisteredType
from cms.posts.content_type import POSTS

CONTENT_TYPES: tuple[RegisteredType, ...] = (POSTS, DOCUMENTS)

# The tables of the product, for migrations and for tests that go over all of them.
for each in CONTENT_TYPES:
    add_topic(each.plural)
