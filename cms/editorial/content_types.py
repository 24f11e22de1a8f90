"""The description of a content type: posts and documents fill it in; all other code is shared.

Content is a plain JSON object with the field names of the API, exactly as an edition stores it: days and moments are text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import current_app

from cms.changes.actions import FILE_VERBS, REPOST_VERBS, Action, ContentAction, ContentVerb
from cms.core.characters import is_readable
from cms.core.clock import rfc3339, rfc3339_exact
from cms.core.embeds import embeds_in
from cms.core.errors import InputError
from cms.media.models import Image
from cms.publishing.rendered_items import RenderedFile, RenderedItem

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EditionToRender:
    """The input of a presenter: one edition to be published. `agency` is the owner as shown inside content."""

    item_id: str
    edition: int
    content: Content
    body_html: str
    body_text: str
    agency: Mapping[str, str]
    published_at: datetime
    updated_at: datetime
    images: Mapping[str, Image] = field(default_factory=dict)
    """The images that the content shows, by id."""
    canonical_url: str = ""
    """The one address of the item, which every copy names."""
    public_updated_at: datetime | None = None
    """The last major update; the same as `updated_at` by default."""
    change_history: Sequence[Mapping[str, Any]] = ()
    """Public notes, newest first."""
    withdrawn: Mapping[str, Any] | None = None
    """The notice that readers must show with an item that was withdrawn and stays readable."""

    def times(self) -> dict[str, Any]:
        """The fields of every card about its publication, and whether it is withdrawn. Publishing puts the moment of its line into `changed_at`, and the
        number of the item into `serial`.
        """
        return {
            "published_at": rfc3339(self.published_at),
            "updated_at": rfc3339(self.updated_at),
            "public_updated_at": rfc3339(self.public_updated_at or self.updated_at),
            "changed_at": rfc3339_exact(self.updated_at),
            "serial": None,
            "edition": self.edition,
            "withdrawn": self.withdrawn,
        }

    def rendered(
        self,
        type: str,
        card: dict[str, Any],
        only_in_full: Mapping[str, Any],
        terms: frozenset[tuple[str, str]],
        files: tuple[RenderedFile, ...] = (),
    ) -> RenderedItem:
        """This edition for readers: its card, and the full form, which adds the body and the type's own fields."""
        body = {
            "body_html": self.body_html,
            "body_text": self.body_text,
            "embeds": embeds_in(self.body_html),
            "change_history": list(self.change_history),
        }
        return RenderedItem(
            item_id=self.item_id,
            type=type,
            edition=self.edition,
            agency=self.content["agency"],
            slug=self.content["slug"],
            language=self.content["language"],
            published_at=self.published_at,
            updated_at=self.updated_at,
            card=card,
            full={**card, **body, **only_in_full},
            terms=terms | {("slug", self.content["slug"])},
            files=files,
        )


@dataclass(frozen=True, slots=True)
class Beside:
    """Texts that readers see with a content but that are not in it, such as names of files.

    `texts` by pointer; `unread` are the pointers of texts that moderation could not read to the end: they need a second person.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    unread: Sequence[str] = ()


def _nothing_to_tell(_item_id: str, _content: Content) -> list[InputError]:
    return []


def _nothing_beside(_item_id: str, _content: Content) -> Beside:
    return Beside()


def _nothing_found(_item_id: str, _content: Content) -> list[dict[str, Any]]:
    return []


@dataclass(frozen=True, slots=True)
class ContentType:
    """A kind of item.

    `defaults` names every field of the content and its default value; `label` is the field that lists show
    and filter by (kind of a post, class of a document).
    """

    name: str
    plural: str
    label: str
    defaults: Mapping[str, Any]
    check: Callable[[str, Content, Content | None], list[InputError]]
    """Faults of an item's content that its schema cannot see. Gets the item's id and the previous content, as references that it has stay
    valid."""
    missing: Callable[[Content, str], list[InputError]]
    """The missing fields that readers need, by the content and the text of its body."""
    render: Callable[[EditionToRender], RenderedItem]
    """The delivered forms of one edition."""
    parts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Fields that are objects, with their inner fields and default values."""
    beside: Callable[[str, Content], Beside] = _nothing_beside
    """The texts that readers see with the content of the item with this id."""
    to_tell: Callable[[str, Content], list[InputError]] = _nothing_to_tell
    """What its editors should know about the content of the item with this id, although it stops nothing: warnings, with their places."""
    in_files: Callable[[str, Content], list[dict[str, Any]]] = _nothing_found
    """The findings of personal data in the files that the content of the item with this id shows (`cms.privacy.findings`), with their places."""
    has_reposts: bool = False
    """Whether agencies can repost its items."""

    def action(self, verb: str) -> ContentAction:
        """The action of the change log, such as `post.published`. Raises `ValueError` for a verb that this type does not have."""
        if verb not in self.verbs:
            raise ValueError(f"nothing is {verb} among {self.plural}")
        return ContentAction(self.name, self.plural, ContentVerb(verb))

    @property
    def verbs(self) -> frozenset[ContentVerb]:
        """The verbs of actions on its items."""
        lacks = (frozenset() if self.has_reposts else REPOST_VERBS) | (frozenset() if self.has_files else FILE_VERBS)
        return ALL_VERBS - lacks

    @property
    def has_files(self) -> bool:
        """Whether its items show uploaded files."""
        return "files" in self.defaults

    def completed(self, content: Mapping[str, Any]) -> Content:
        """The content with every field of the type; null means the default, as after a merge patch that removed it."""
        whole = {**self.defaults, **_given(content)}
        for name, defaults in self.parts.items():
            part = _given(whole[name] or {})
            whole[name] = {**defaults, **part} if part else None
        whole["channel"] = whole["channel"] or whole["agency"]
        return whole


def _given(content: Mapping[str, Any]) -> Content:
    return {name: value for name, value in content.items() if value is not None}


KEPT_BY_REPLACEMENT = ("slug", "files")
EXTENSION = "simpul_content_types"
ALL_VERBS = frozenset(ContentVerb)


def registered_types() -> Mapping[str, ContentType]:
    """The types of the current application by name."""
    found: Mapping[str, ContentType] = current_app.extensions[EXTENSION]
    return found


def type_names() -> tuple[str, ...]:
    """The names of the types of the current application."""
    return tuple(registered_types())


def known_actions() -> Sequence[Action | ContentAction]:
    """Every action that the log of the current application can have."""
    types = registered_types().values()
    return [*Action, *(each.action(verb) for each in types for verb in ContentVerb if verb in each.verbs)]


def action_names() -> tuple[str, ...]:
    """Every action, in the spelling of the log."""
    return tuple(action.value for action in known_actions())


def resource_types() -> tuple[str, ...]:
    """The resource types in the log, in alphabetical order."""
    return tuple(sorted({action.split(".")[0] for action in action_names()}))


def merged(content: Content, patch: Mapping[str, Any]) -> Content:
    """Apply a JSON merge patch (RFC 7396): null removes, objects merge, other values replace."""
    result = dict(content)
    for name, value in patch.items():
        if isinstance(value, Mapping):
            inner = result.get(name)
            result[name] = merged(inner if isinstance(inner, dict) else {}, value)
        elif value is None:
            result.pop(name, None)
        else:
            result[name] = value
    return result


def replaced(stored: Content, content: Content) -> Content:
    """The whole content that replaces the stored one; address and files stay unless they are given."""
    return {**{name: stored[name] for name in KEPT_BY_REPLACEMENT if name in stored}, **content}


def changed_fields(before: Content, after: Content) -> list[str]:
    """Names of the fields that differ."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def needed(content: Content, *names: str) -> list[InputError]:
    """An entry for each of these fields that is empty, or a text without anything to read."""
    return [InputError("pointer", f"/{name}", "needed_to_publish") for name in names if _is_empty(content.get(name))]


def _is_empty(value: Any) -> bool:
    return not is_readable(value) if isinstance(value, str) else not value
