"""What the editorial side promises, once more and much smaller: a model without database, HTTP or log.

It is written from the issue and the api guide, not from the code, so that the two can disagree. Times are plain datetimes;
whether readers see an item is a question about now, as in the product.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

UNFINISHED = {"draft", "in_review", "approved", "returned"}
AT_REST = {"draft", "approved", "returned", "unpublished"}
AUTHOR, EDITOR, OTHER, CENTRAL = "author", "editor", "other", "central"
OPERATIONS = (
    "edit", "submit", "return", "approve", "publish", "schedule", "unschedule", "unpublish", "vanish", "discard",
    "archive", "restore", "trash",
)  # fmt: skip
STATES = {
    "edit": UNFINISHED | {"published", "unpublished"},
    "submit": {"draft", "returned", "unpublished"},
    "return": {"in_review", "approved"},
    "approve": {"in_review"},
    "publish": UNFINISHED | {"unpublished"},
    "schedule": UNFINISHED | {"unpublished", "scheduled", "published"},
    "unschedule": UNFINISHED | {"unpublished", "scheduled", "published"},
    "unpublish": UNFINISHED | {"unpublished", "scheduled", "published"},
    "vanish": UNFINISHED | {"unpublished", "scheduled", "published"},
    "discard": UNFINISHED,
    "archive": AT_REST,
    "trash": AT_REST | {"archived"},
    "restore": {"archived", "trashed"},
}
EDITORS_ONLY = {"return", "approve", "publish", "schedule", "unschedule", "unpublish"}
CENTRAL_ONLY = {"vanish"}
OWN_WORK = {"archive", "trash", "restore"}


@dataclass
class Rules:
    """Who is what, and what the agency asks for."""

    author_is_editor: bool = False
    four_eyes: bool = False
    central_reviews: bool = False

    def is_editor(self, person: str) -> bool:
        """True for whoever may review and publish for the agency."""
        return person in {EDITOR, CENTRAL} or (person == AUTHOR and self.author_is_editor)


@dataclass
class Post:
    """One item of the agency. `titles` are its editions; a title never comes twice in a run, so a leak has a name."""

    id: str
    plural: str
    author: str
    titles: dict[int, str]
    etag: str
    state: str = "draft"
    edition: int = 1
    writers: set[str] = field(default_factory=set)
    authors: dict[int, str] = field(default_factory=dict)
    went_out: set[int] = field(default_factory=set)
    """Editions that readers have had."""
    approved_by: str | None = None
    state_before: str | None = None
    live: int | None = None
    """The edition that readers have, schedules aside; a withdrawn item is still readable."""
    last_public: int | None = None
    standing: str = "never"
    scheduled: tuple[int, datetime, str] | None = None
    """Edition, moment, and the state that an unschedule returns to."""
    ends: datetime | None = None
    carriers: set[str] = field(default_factory=set)

    @property
    def was_public(self) -> bool:
        """True once readers had it."""
        return self.last_public is not None


def let_time_pass(post: Post, now: datetime) -> None:
    """What was scheduled happens on the second, whatever any worker does."""
    if post.scheduled is not None and post.scheduled[1] <= now:
        edition, _moment, _state = post.scheduled
        became_public(post, edition)
        post.scheduled = None
    if post.ends is not None and post.ends <= now:
        post.ends = None
        left(post, "gone")


def left(post: Post, kind: str) -> None:
    """It went away from readers, or is readable with a warning only; what was scheduled is dropped."""
    unscheduled(post)
    post.standing = kind
    if kind != "withdrawn":
        post.live = None
    if post.state == "published":
        post.state = "unpublished"


def unscheduled(post: Post) -> None:
    """Nothing is scheduled any more."""
    if post.scheduled is not None:
        post.state, post.scheduled = post.scheduled[2], None
    post.ends = None


def became_public(post: Post, edition: int) -> None:
    """Readers have this edition now."""
    post.live = post.last_public = edition
    post.state, post.standing = "published", "live"
    # Taken back, the same edition may go out again: its approval belongs to it until somebody saves another one.
    post.went_out.add(edition)


def verdict(rules: Rules, person: str, operation: str, post: Post) -> int:
    """The status that the API must answer with: 200, 403 (may not), 404 (may not know), 409 (not now)."""
    if person == OTHER:
        return 404
    if not _is_permitted(rules, person, operation, post):
        return 403
    return 200 if _is_possible(rules, person, operation, post) else 409


def _is_permitted(rules: Rules, person: str, operation: str, post: Post) -> bool:
    if operation in CENTRAL_ONLY:
        return person == CENTRAL
    if operation in EDITORS_ONLY:
        return rules.is_editor(person)
    if operation in OWN_WORK:
        return rules.is_editor(person) or post.author == person
    return True


def _is_possible(rules: Rules, person: str, operation: str, post: Post) -> bool:
    if post.state not in STATES[operation]:
        return False
    if operation in {"archive", "trash"} and post.live is not None:
        return False
    # What readers lost can vanish too, while something is still told of it.
    is_told = operation == "vanish" and post.standing == "gone"
    if operation in {"unpublish", "vanish"} and post.live is None and not is_told:
        return False
    if operation == "unschedule" and post.scheduled is None and post.ends is None:
        return False
    if operation == "discard" and not post.was_public:
        return False
    if operation in {"edit", "discard"} and post.state == "in_review":
        return rules.is_editor(person)
    if operation == "approve":
        return _counts(rules, person, post)
    goes_out = operation == "publish" or (operation == "schedule" and post.state != "published")
    return not goes_out or _is_cleared(rules, person, post)


def _counts(rules: Rules, person: str, post: Post) -> bool:
    """True when this person's approval would be good for something."""
    if rules.central_reviews and person != CENTRAL:
        return False
    return not (rules.four_eyes and person in post.writers)


def _is_cleared(rules: Rules, person: str, post: Post) -> bool:
    """True when the edition has the approval that its agency asks for."""
    if rules.four_eyes:
        by = post.approved_by
        return by is not None and by not in post.writers and (not rules.central_reviews or by == CENTRAL)
    return not rules.central_reviews or CENTRAL in {person, post.approved_by}


def edited(post: Post, person: str, title: str, restored: int | None = None) -> None:
    """A new edition: it voids an approval, and what is published goes on as a draft beside it.

    Those who wrote since readers got it last are counted, and those who wrote what is brought back.
    """
    post.edition = max(post.titles) + 1
    post.titles[post.edition], post.authors[post.edition] = title, person
    earlier = set() if post.state in {"published", "unpublished"} else post.writers
    post.writers = earlier | {person} | (set() if restored is None else _writers_of(post, restored))
    post.approved_by = None
    if post.state not in {"in_review", "returned"}:
        post.state = "draft"


def _writers_of(post: Post, edition: int) -> set[str]:
    """Who saved something since the publication before this edition, up to it."""
    before = max((number for number in post.went_out if number < edition), default=0)
    return {author for number, author in post.authors.items() if before < number <= edition}


def discarded(post: Post) -> None:
    """Back to what readers have, or had last."""
    assert post.last_public is not None
    if post.edition != post.last_public:
        post.edition, post.approved_by = post.last_public, None
    post.writers = _writers_of(post, post.edition)
    post.state = "published" if post.standing == "live" else "unpublished"
