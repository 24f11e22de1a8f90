"""Webhooks on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.agencies.models import SLUG_LENGTH
from cms.changes.facts import CauseKind, EndingKind, UpdateKind
from cms.changes.heads import log_head
from cms.core.http.fields import Choice, Moment, Rows, Slug, Text, WholeNumber, Words
from cms.core.http.schemas import PageQuerySchema, StrictSchema, VersionedSchema
from cms.webhooks.models import DeliveryState, DisabledBecause, WebhookState
from cms.webhooks.policies import ACTIONS, LONGEST_OVERLAP_HOURS, MOST_REPLAYED, OVERLAP_HOURS

_STATES = [state.value for state in WebhookState]
_BECAUSE = [reason.value for reason in DisabledBecause]
_TYPES = {"description": "Content types; null: all.", "example": ["post"]}
_AGENCIES = {"description": "Slugs of agencies whose items are told of; null: all.", "example": ["dpu"]}
_ACTIONS = {
    "description": "What is told: `published`, `withdrawn`, `unpublished`, `reposted`, `repost_ended`, `changed` (names and kinds: "
    "`reference.changed`), `rebuilt` (every item that a new name concerns). Null: all but `rebuilt`.",
    "example": ["published", "withdrawn", "unpublished"],
}
_URL = {
    "description": "Where messages go, by POST: https, no redirects, an address of the public internet or of a network that the "
    "operators have opened (`OUTBOUND_NETWORKS`).",
    "example": "https://dpu.balikpapan.example/webhooks/simpul",
}
LARGEST_SEQUENCE = 10**15 - 1


class WebhookSchema(VersionedSchema):
    """An endpoint of a consumer."""

    id = fields.String(metadata={"format": "uuid"})
    url = fields.String(metadata=_URL)
    label = fields.String(metadata={"example": "Situs DPU"})
    types = fields.List(fields.String(), allow_none=True, metadata=_TYPES)
    agencies = fields.List(fields.String(), allow_none=True, metadata=_AGENCIES)
    actions = fields.List(fields.String(), allow_none=True, metadata=_ACTIONS)
    state = fields.String(
        metadata={"enum": _STATES, "description": "`disabled` is set by the server; `active` switches it on again."}
    )
    disabled_because = fields.String(
        allow_none=True,
        metadata={"enum": [*_BECAUSE, None], "description": "`gone`: it answered 410. `failing`: for five days."},
    )
    failures = fields.Integer(
        metadata={"description": "Failures in a row; several tries at the same time count once.", "example": 0}
    )
    failing_since = Moment(allow_none=True)
    last_success_at = Moment(allow_none=True, metadata={"description": "To the minute."})
    previous_secret_until = Moment(
        allow_none=True, metadata={"description": "Until then messages are signed with the secret before, too."}
    )
    created_at = Moment()
    updated_at = Moment()


class WebhookWithSecretSchema(WebhookSchema):
    """An endpoint whose secret was just made."""

    secret = fields.String(
        metadata={
            "description": "The secret of the signatures (Standard Webhooks 1.0.0). It is shown this once.",
            "example": "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        }
    )


class _SubscriptionSchema(StrictSchema):
    label = Text(max=120, metadata={"example": "Situs DPU"})
    types = Rows(Choice(lambda: log_head().topics), min=1, max=20, allow_none=True, metadata=_TYPES)
    agencies = Rows(Slug(max=SLUG_LENGTH), min=1, max=100, allow_none=True, metadata=_AGENCIES)
    actions = Rows(Choice(ACTIONS), min=1, max=len(ACTIONS), allow_none=True, metadata=_ACTIONS)


class WebhookCreateSchema(_SubscriptionSchema):
    """A new endpoint."""

    url = Text(min=1, max=2_048, required=True, metadata=_URL)


class WebhookUpdateSchema(_SubscriptionSchema):
    """A change of an endpoint as JSON merge patch; what is absent stays."""

    url = Text(min=1, max=2_048, metadata=_URL)
    state = Choice([WebhookState.ACTIVE, WebhookState.PAUSED])


class SecretRotationSchema(StrictSchema):
    """How one secret gives way to the next."""

    overlap_hours = WholeNumber(
        min=0,
        max=LONGEST_OVERLAP_HOURS,
        load_default=OVERLAP_HOURS,
        metadata={"description": "Hours in which messages carry a signature of each of the two secrets."},
    )


class ReplaySchema(StrictSchema):
    """Which messages are sent again."""

    first = WholeNumber(
        min=1,
        max=LARGEST_SEQUENCE,
        required=True,
        data_key="from",
        metadata={"description": "The first line (sequence).", "example": 48200},
    )
    last = WholeNumber(
        min=1,
        max=LARGEST_SEQUENCE,
        required=True,
        data_key="to",
        metadata={"description": f"The last line, at most {MOST_REPLAYED - 1} after the first.", "example": 48213},
    )


class ReplayedSchema(StrictSchema):
    """How many messages are on their way."""

    messages = fields.Integer(metadata={"example": 3})


class TrySchema(StrictSchema):
    """One try at a message."""

    at = Moment()
    status = fields.Integer(
        allow_none=True, metadata={"description": "Of the answer; null: none came.", "example": 204}
    )
    error = fields.String(
        allow_none=True,
        metadata={"description": "Why no answer came, such as `timed_out`, `tls`, `address`.", "example": "timed_out"},
    )
    milliseconds = fields.Integer(metadata={"example": 84})


class WebhookDeliverySchema(StrictSchema):
    """A message to an endpoint, and how it went."""

    id = fields.String(metadata={"format": "uuid"})
    message = fields.String(
        metadata={
            "description": "`webhook-id` of the message, the same at every try and replay.",
            "example": "k3v9mrta-48213",
        }
    )
    sequence = fields.Integer(
        allow_none=True, metadata={"description": "The line of the log; null: a ping.", "example": 48213}
    )
    state = fields.String(metadata={"enum": [state.value for state in DeliveryState]})
    next_try_at = Moment(allow_none=True)
    tries = fields.List(fields.Nested(TrySchema), metadata={"description": "The last tries, oldest first."})
    created_at = Moment()
    finished_at = Moment(allow_none=True)


class DeliveryQuerySchema(PageQuerySchema):
    """Filters of the list of messages."""

    state = Words(
        choices=[state.value for state in DeliveryState],
        metadata={"description": "States, separated by commas: any of them."},
    )


class MessageDataSchema(StrictSchema):
    """What a message says: that something changed, and where to read it. Never content."""

    epoch = fields.String(metadata={"example": "k3v9mrta"})
    sequence = fields.Integer(
        metadata={
            "description": "Messages may come twice and in another order: what has a smaller sequence is older.",
            "example": 48213,
        }
    )
    type = fields.String(metadata={"example": "post"})
    id = fields.String(metadata={"example": "019ac1a0-7c00-7000-8000-000000000002"})
    agency = fields.String(allow_none=True, metadata={"example": "dpu"})
    update = fields.String(allow_none=True, metadata={"enum": [*(kind.value for kind in UpdateKind), None]})
    ending = fields.String(
        allow_none=True,
        metadata={"enum": [*(kind.value for kind in EndingKind if kind is not EndingKind.VANISH), None]},
    )
    cause = fields.String(
        allow_none=True, metadata={"enum": [*(kind.value for kind in CauseKind), None], "example": None}
    )
    digest = fields.String(
        allow_none=True,
        metadata={"description": "As in copies (`/v1/sync`); null: there is nothing.", "example": "5f" * 32},
    )
    url = fields.String(
        allow_none=True,
        metadata={
            "description": "Where the item is read, with a delivery key. Null for names and kinds.",
            "example": "https://konten.balikpapan.example/v1/posts/019ac1a0-7c00-7000-8000-000000000002",
        },
    )


class MessageSchema(StrictSchema):
    """The body of a message."""

    type = fields.String(
        metadata={
            "description": "`<type>.<action>`, `reference.changed`, or `epoch.began`: the server was restored from a backup, and what it told after that backup was made counts for nothing.",
            "example": "post.published",
        }
    )
    timestamp = Moment()
    data = fields.Nested(MessageDataSchema)
