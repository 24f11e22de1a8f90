"""What may be done with an item, as data: which permission an operation needs and in which states it makes sense.

Decisions: an item in review may be edited by those who could return it, an author waits for it to come back; who may
publish may do so straight from a draft; only what was never published can be deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cms.core.errors import Conflict
from cms.core.permissions import Actor, Permission, Target, authorize, can
from cms.editorial.models import Item, State


class Operation(StrEnum):
    """One entry of `allowed_actions`."""

    EDIT = "edit"
    DELETE = "delete"
    SUBMIT = "submit"
    RETURN = "return"
    PUBLISH = "publish"
    UNPUBLISH = "unpublish"


@dataclass(frozen=True, slots=True)
class Rule:
    """The permission an operation needs and the states in which it is possible."""

    permission: Permission
    states: tuple[State, ...]


RULES: dict[Operation, Rule] = {
    Operation.EDIT: Rule(Permission.CONTENT_EDIT, tuple(State)),
    Operation.DELETE: Rule(Permission.CONTENT_DELETE, (State.DRAFT, State.RETURNED)),
    Operation.SUBMIT: Rule(Permission.CONTENT_SUBMIT, (State.DRAFT, State.RETURNED)),
    Operation.RETURN: Rule(Permission.CONTENT_RETURN, (State.IN_REVIEW,)),
    Operation.PUBLISH: Rule(
        Permission.CONTENT_PUBLISH, (State.DRAFT, State.IN_REVIEW, State.RETURNED, State.UNPUBLISHED)
    ),
    Operation.UNPUBLISH: Rule(Permission.CONTENT_UNPUBLISH, tuple(State)),
}

STATE_AFTER_EDIT: dict[str, State] = {
    State.DRAFT: State.DRAFT,
    State.IN_REVIEW: State.IN_REVIEW,
    State.RETURNED: State.RETURNED,
    State.PUBLISHED: State.DRAFT,
    State.UNPUBLISHED: State.DRAFT,
}


def targets(operation: Operation, item: Item, city_channel: str) -> list[Target]:
    """All that the operation touches: a newer draft may name another channel than the one readers have."""
    channels = {item.channel}
    if item.published_edition is not None and item.published_channel is not None:
        if operation is Operation.PUBLISH:
            channels.add(item.published_channel)
        elif operation is Operation.UNPUBLISH:
            channels = {item.published_channel}
    return [Target(item.agency, channel, item.author_id, channel == city_channel) for channel in sorted(channels)]


def authorize_operation(actor: Actor, operation: Operation, item: Item, city_channel: str) -> None:
    """Raise `Forbidden` unless the actor may do this with everything it touches."""
    for target in targets(operation, item, city_channel):
        authorize(actor, RULES[operation].permission, target)


def can_operate(actor: Actor, operation: Operation, item: Item, city_channel: str) -> bool:
    """True when the permission map allows it; says nothing about the state."""
    return all(can(actor, RULES[operation].permission, target) for target in targets(operation, item, city_channel))


def is_possible(actor: Actor, operation: Operation, item: Item, city_channel: str) -> bool:
    """True when the state of the item allows the operation to this actor."""
    if State(item.state) not in RULES[operation].states:
        return False
    if operation is Operation.DELETE:
        return item.published_at is None
    if operation is Operation.UNPUBLISH:
        return item.published_edition is not None
    if operation is Operation.EDIT and item.state == State.IN_REVIEW:
        return can_operate(actor, Operation.RETURN, item, city_channel)
    return True


def check_state(actor: Actor, operation: Operation, item: Item, city_channel: str) -> None:
    """Raise `Conflict` (`wrong_state`, or `nothing_to_publish`) when the operation makes no sense now."""
    if is_possible(actor, operation, item, city_channel):
        return
    if operation is Operation.PUBLISH:
        raise Conflict("nothing_to_publish")
    raise Conflict("wrong_state", state=item.state, operation=operation.value, allowed=_possible_states(operation))


def _possible_states(operation: Operation) -> str:
    if operation is Operation.UNPUBLISH:
        return "published"
    if operation is Operation.EDIT:
        return "not in review"
    states = " or ".join(state.value for state in RULES[operation].states)
    return f"{states} and was never published" if operation is Operation.DELETE else states


def allowed_actions(actor: Actor, item: Item, city_channel: str) -> list[str]:
    """What this actor can do with the item now."""
    return [
        operation.value
        for operation in Operation
        if can_operate(actor, operation, item, city_channel) and is_possible(actor, operation, item, city_channel)
    ]
