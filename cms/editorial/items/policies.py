"""The rules of operations on items, as data: the permission that each needs, and the states in which it is possible.

Decisions: those who could return an item in review may also edit it, its author waits; a person who may publish can do so
straight from a draft, unless the edition needs an approval (`approval_fault`); an item that was ever published is never
purged; scheduled, archived and trashed items cannot be edited until they are brought back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cms.agencies.models import Reviewer
from cms.core.errors import Conflict, Forbidden
from cms.core.permissions import CENTRAL_ROLES, Actor, Permission, Role, Target, acting_role, authorize, can
from cms.editorial.items.models import Item, State

CENTRAL_REASONS = frozenset({"lexicon"})
"""Codes of reasons to hold an edition that only a central editor may lift."""


class Operation(StrEnum):
    """One entry of `allowed_actions`."""

    EDIT = "edit"
    DELETE = "delete"
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    PUBLISH = "publish"
    SCHEDULE = "schedule"
    UNSCHEDULE = "unschedule"
    UNPUBLISH = "unpublish"
    VANISH = "vanish"
    DISCARD = "discard"
    ARCHIVE = "archive"
    RESTORE = "restore"
    TRASH = "trash"
    PURGE = "purge"
    PREVIEW = "preview"
    REPOST = "repost"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Rule:
    """The permission an operation needs and the states in which it is possible."""

    permission: Permission
    states: tuple[State, ...]


_UNFINISHED = (State.DRAFT, State.IN_REVIEW, State.APPROVED, State.RETURNED)
_IN_USE = (*_UNFINISHED, State.SCHEDULED, State.PUBLISHED, State.UNPUBLISHED)
_AT_REST = (State.DRAFT, State.APPROVED, State.RETURNED, State.UNPUBLISHED)

OPERATION_RULES: dict[Operation, Rule] = {
    Operation.EDIT: Rule(Permission.CONTENT_EDIT, (*_UNFINISHED, State.PUBLISHED, State.UNPUBLISHED)),
    Operation.DELETE: Rule(Permission.CONTENT_DELETE, (*_AT_REST, State.ARCHIVED)),
    Operation.SUBMIT: Rule(Permission.CONTENT_SUBMIT, (State.DRAFT, State.RETURNED, State.UNPUBLISHED)),
    Operation.RETURN: Rule(Permission.CONTENT_RETURN, (State.IN_REVIEW, State.APPROVED)),
    Operation.APPROVE: Rule(Permission.CONTENT_APPROVE, (State.IN_REVIEW,)),
    Operation.PUBLISH: Rule(Permission.CONTENT_PUBLISH, (*_UNFINISHED, State.UNPUBLISHED)),
    Operation.SCHEDULE: Rule(Permission.CONTENT_SCHEDULE, _IN_USE),
    Operation.UNSCHEDULE: Rule(Permission.CONTENT_SCHEDULE, _IN_USE),
    Operation.UNPUBLISH: Rule(Permission.CONTENT_UNPUBLISH, _IN_USE),
    Operation.VANISH: Rule(Permission.CONTENT_VANISH, _IN_USE),
    Operation.DISCARD: Rule(Permission.CONTENT_EDIT, _UNFINISHED),
    Operation.ARCHIVE: Rule(Permission.CONTENT_TRASH, _AT_REST),
    Operation.RESTORE: Rule(Permission.CONTENT_TRASH, (State.ARCHIVED, State.TRASHED)),
    Operation.TRASH: Rule(Permission.CONTENT_TRASH, (*_AT_REST, State.ARCHIVED)),
    Operation.PURGE: Rule(Permission.CONTENT_PURGE, (State.TRASHED,)),
    Operation.PREVIEW: Rule(Permission.CONTENT_EDIT, (*_IN_USE, State.ARCHIVED)),
    Operation.REPOST: Rule(Permission.CONTENT_REPOST, _IN_USE),
    Operation.CONFIRM: Rule(Permission.CONTENT_PUBLISH, _IN_USE),
}

STATE_AFTER_EDIT: dict[str, State] = {
    State.DRAFT: State.DRAFT,
    State.IN_REVIEW: State.IN_REVIEW,
    State.APPROVED: State.DRAFT,
    State.RETURNED: State.RETURNED,
    State.PUBLISHED: State.DRAFT,
    State.UNPUBLISHED: State.DRAFT,
}

_GOES_OUT = frozenset({Operation.PUBLISH, Operation.SCHEDULE})
_ON_BOTH_CHANNELS = _GOES_OUT | {Operation.UNSCHEDULE, Operation.CONFIRM}
_NOT_WHILE_LIVE = frozenset({Operation.DELETE, Operation.TRASH, Operation.ARCHIVE})
_TAKES_BACK = frozenset({Operation.UNPUBLISH, Operation.VANISH})
_STILL_TOLD = frozenset({"gone", "redirect"})
_CHANGES_CONTENT = frozenset({Operation.EDIT, Operation.DISCARD})


def targets(operation: Operation, item: Item, city_channel: str) -> list[Target]:
    """The targets of the operation for the permission map: a newer draft may name another channel than the published edition."""
    channels = {item.channel}
    if item.published_edition is not None and item.published_channel is not None:
        if operation in _ON_BOTH_CHANNELS:
            channels.add(item.published_channel)
        elif operation in _TAKES_BACK:
            channels = {item.published_channel}
    return [Target(item.agency, channel, item.author_id, channel == city_channel) for channel in sorted(channels)]


def authorize_operation(actor: Actor, operation: Operation, item: Item, city_channel: str) -> None:
    """Raise `Forbidden` unless the actor may do this with everything it touches."""
    for target in targets(operation, item, city_channel):
        authorize(actor, OPERATION_RULES[operation].permission, target)


def can_operate(actor: Actor, operation: Operation, item: Item, city_channel: str) -> bool:
    """True when the permission map allows it; says nothing about the state."""
    return all(
        can(actor, OPERATION_RULES[operation].permission, target) for target in targets(operation, item, city_channel)
    )


def role_of_approval(actor: Actor, item: Item, city_channel: str) -> Role:
    """The role by which the actor approves the item. Raises `Forbidden` when none allows it."""
    for target in targets(Operation.APPROVE, item, city_channel):
        if (role := acting_role(actor, Permission.CONTENT_APPROVE, target)) is not None:
            return role
    raise Forbidden(permission=Permission.CONTENT_APPROVE.value)


def needs_second_person(item: Item) -> bool:
    """True when the approver must have written none of it: by the agency, the category or moderation."""
    return bool(item.needs_four_eyes or item.hold)


def needs_central_approval(item: Item) -> bool:
    """True when only the approval of who edits for the city counts: by the agency's review setting, or because the lexicon found something."""
    return item.reviewed_by == Reviewer.CENTRAL.value or not CENTRAL_REASONS.isdisjoint(_reasons(item))


def _reasons(item: Item) -> set[str]:
    """Codes of the reasons why the newest edition is held."""
    return {str(reason["code"]) for reason in item.hold or ()}


def approval_fault(actor: Actor, item: Item) -> str | None:
    """The approval that publishing still needs: `central_editor`, `second_person`, or None when the actor may publish.

    Where Diskominfo reviews an agency, a central editor approves by publishing. Four eyes and a hold need a separate approval
    by a person who wrote none of the editions since the last publication.
    """
    approved = item.is_approved
    # People who allowed a linked domain count as writers: they vouched for the content.
    is_second = approved and item.approved_by_id not in item.all_writers
    is_central = approved and item.approved_as in CENTRAL_ROLES
    if needs_second_person(item):
        # One approval must meet both conditions; publishing is not an approval here, not even by who edits for the city.
        if needs_central_approval(item) and not (is_second and is_central):
            return "central_editor"
        return None if is_second else "second_person"
    # Without four eyes a central editor approves by publishing.
    if needs_central_approval(item) and not (is_central or actor.is_central):
        return "central_editor"
    return None


def is_approved_by_second(actor: Actor, item: Item) -> bool:
    """True when the approver of the newest edition neither wrote any of it nor publishes it now."""
    return item.is_approved and item.approved_by_id not in {actor.id, *item.all_writers}


def may_approve(actor: Actor, item: Item) -> bool:
    """True when this actor's approval would count; says nothing about permission and state."""
    if needs_central_approval(item) and not actor.is_central:
        return False
    return not (needs_second_person(item) and actor.id in item.all_writers)


def is_possible(actor: Actor, operation: Operation, item: Item, city_channel: str) -> bool:
    """True when the state of the item, and its approval, allow the operation to this actor."""
    if not _fits_state(actor, operation, item, city_channel):
        return False
    if operation is Operation.APPROVE:
        return may_approve(actor, item)
    return operation not in _GOES_OUT or not _is_about_newest(item) or approval_fault(actor, item) is None


def _is_about_newest(item: Item) -> bool:
    """False when the newest edition is published already: only its end can be scheduled then."""
    return item.state != State.PUBLISHED


def _fits_state(actor: Actor, operation: Operation, item: Item, city_channel: str) -> bool:
    if State(item.state) not in OPERATION_RULES[operation].states:
        return False
    if operation in _NOT_WHILE_LIVE:
        return item.published_edition is None
    if operation in _CHANGES_CONTENT and item.state == State.IN_REVIEW:
        # A reviewer may correct what is in review; discarding needs an earlier publication to return to.
        may = can_operate(actor, Operation.RETURN, item, city_channel)
        return may and (operation is Operation.EDIT or item.published_at is not None)
    return _fits_publication(operation, item)


def _fits_publication(operation: Operation, item: Item) -> bool:
    match operation:
        case Operation.UNPUBLISH | Operation.REPOST:
            return item.published_edition is not None
        case Operation.VANISH:
            # Also what readers lost already, if something is still told of it.
            return item.published_edition is not None or item.unpublished_as in _STILL_TOLD
        case Operation.DISCARD:
            return item.published_at is not None
        case Operation.PURGE:
            return item.published_at is None
        case Operation.UNSCHEDULE:
            return item.publish_at is not None or item.unpublish_at is not None
        case _:
            return True


def check_state(actor: Actor, operation: Operation, item: Item, city_channel: str) -> None:
    """Raise `Conflict` when the operation is not possible now.

    `wrong_state`; `nothing_to_publish`; `still_published` for an item that must be taken back first; `approval_needed` when the
    edition lacks an approval, `held` when moderation asks for it; `approval_not_yours` when the actor's would not count.
    """
    if is_possible(actor, operation, item, city_channel):
        return
    # The state is right, so only an approval is missing.
    if _fits_state(actor, operation, item, city_channel):
        if operation is Operation.APPROVE:
            raise Conflict("approval_not_yours", whose=whose_approval(item))
        if item.hold:
            raise Conflict("held", reasons=", ".join(sorted(_reasons(item))), whose=whose_approval(item))
        raise Conflict("approval_needed", whose=whose_approval(item))
    if operation is Operation.PUBLISH and item.state == State.PUBLISHED:
        raise Conflict("nothing_to_publish")
    if operation in _NOT_WHILE_LIVE and item.published_edition is not None:
        raise Conflict("still_published", operation=operation.value)
    raise Conflict("wrong_state", state=item.state, operation=operation.value, when=possible_states(operation))


def whose_approval(item: Item) -> str:
    """Whose approval counts, in words for the caller."""
    who = "a central editor" if needs_central_approval(item) else "an editor"
    return f"{who} who wrote none of it" if needs_second_person(item) else who


def possible_states(operation: Operation) -> str:
    """The states in which an operation is possible, separated by commas, and what else must hold (`PHRASES` has it in Indonesian)."""
    if operation in _TAKES_BACK:
        return "published, or ended with words for readers" if operation is Operation.VANISH else "published"
    # Who is told this may not edit what is in review.
    refused = {State.IN_REVIEW} if operation is Operation.EDIT else set()
    states = ", ".join(state.value for state in OPERATION_RULES[operation].states if state not in refused)
    if operation is Operation.PURGE:
        return f"{states} and never published"
    return f"{states} and published before" if operation is Operation.DISCARD else states


def allowed_actions(actor: Actor, item: Item, city_channel: str) -> list[str]:
    """The operations that this actor can do with the item now. The state is checked first: it is cheap and excludes most."""
    return [
        operation.value
        for operation in _BY_STATE.get(item.state, ())
        if can_operate(actor, operation, item, city_channel) and is_possible(actor, operation, item, city_channel)
    ]


_BY_STATE = {
    # There is something to confirm only while `meta.warnings` says so.
    state.value: tuple(
        operation
        for operation in Operation
        if operation is not Operation.CONFIRM and state in OPERATION_RULES[operation].states
    )
    for state in State
}
