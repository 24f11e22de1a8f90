"""A content that was processed once: rendered, with its images, and with all words and links for readers.

It is made before the lock (`cms.editorial.preparing`) and again inside the transaction, which reuses the slow results and only
asks the database again. Saving reads everything it needs about a content from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from cms.core.errors import InputError
from cms.core.html_text import plain_text
from cms.core.removed_markup import UnsafeLink
from cms.core.runtime import runtime
from cms.core.sanitize import UnsafeLinks, sanitized_body
from cms.editorial.content_types import Beside, Content, ContentType
from cms.editorial.images.uses import ShownImages, shown_images
from cms.editorial.items.models import Edition
from cms.editorial.moderating import read_content, texts_of
from cms.media.references import without_host
from cms.moderation.assessing import Assessment, Reading, Reason
from cms.moderation.lexicon import lexicon
from cms.privacy.findings import Finding, findings_in_texts

MOST_NAMED: Final = 20
"""The most unsafe links that an answer names."""


@dataclass(frozen=True, slots=True)
class RenderedBody:
    """A body as HTML and as text, and how many things of each kind it lost; `faults` when it could not be rendered."""

    html: str = ""
    text: str = ""
    removed: Mapping[str, int] = field(default_factory=dict)
    faults: Sequence[InputError] = ()

    @classmethod
    def of(cls, edition: Edition) -> RenderedBody:
        """The body of a saved edition."""
        return cls(edition.body_html, edition.body_text, edition.removed_markup)


@dataclass(frozen=True, slots=True)
class PreparedContent:
    """A whole content, its rendered body, its images, and its texts. `unread` are texts that moderation has not read to the end.

    `personal_data` are the findings in its texts; files are read later.
    """

    content: Content
    body: RenderedBody
    images: ShownImages
    reading: Reading
    unread: Sequence[str]
    personal_data: Sequence[Finding]

    def assessed(self) -> Assessment:
        """The assessment of moderation, by the link lists of now."""
        found = self.reading.judged()
        unread = tuple(Reason("not_read_whole", pointer) for pointer in self.unread)
        return replace(found, reasons=(*found.reasons, *unread), version=lexicon().version) if unread else found


def prepare_content(
    content_type: ContentType,
    item_id: str,
    content: Content,
    before: Edition | None = None,
    *,
    known_images: Mapping[str, str] | None = None,
    coming: Beside | None = None,
) -> PreparedContent:
    """Process a content that is to be saved; a body equal to that of the edition `before` is not rendered again.

    Inside a transaction, images that are not among `known_images` are locked, so that no one deletes them. `coming` is what
    will be beside the content once it is saved.
    """
    is_same = before is not None and all(content[name] == before.content[name] for name in ("body", "body_format"))
    body = RenderedBody.of(before) if before is not None and is_same else rendered_body(content)
    images = shown_images(content, body.html, known_images)
    return _looked_through(content_type, item_id, content, body, images, coming)


def prepared_edition(content_type: ContentType, edition: Edition) -> PreparedContent:
    """The same for a saved edition."""
    content, body = edition.content, RenderedBody.of(edition)
    return _looked_through(content_type, edition.item_id, content, body, shown_images(content, body.html))


def rendered_body(content: Content) -> RenderedBody:
    """The body of a content. Raises `Invalid` for a body that is too large to render."""
    if not content["body"]:
        return RenderedBody()
    source = without_host(content["body"], runtime().settings.public_url.rstrip("/"))
    try:
        body = sanitized_body(source, content["body_format"])
    except UnsafeLinks as error:
        return RenderedBody(faults=[_unsafe(link) for link in error.links[:MOST_NAMED]])
    return RenderedBody(body.html, plain_text(body.html), body.removed)


def _unsafe(link: UnsafeLink) -> InputError:
    place = f" (no. {link.number}, \u201c{link.words}\u201d)" if link.words else f" (no. {link.number})"
    return InputError("pointer", "/body", "unsafe_link", {"link": link.address, "place": place, "reason": link.reason})


def _looked_through(
    content_type: ContentType,
    item_id: str,
    content: Content,
    body: RenderedBody,
    images: ShownImages,
    coming: Beside | None = None,
) -> PreparedContent:
    beside = coming or content_type.beside(item_id, content)
    texts = texts_of(content, {**beside.texts, **images.texts()}, body.html, body.text)
    reading = read_content(content, texts, body.html)
    # A passage of a file is there for moderation alone: what is in files is found page by page, once they are read.
    own = {pointer: text for pointer, text in texts.items() if not pointer.endswith("/content")}
    return PreparedContent(content, body, images, reading, beside.unread, findings_in_texts(own))
