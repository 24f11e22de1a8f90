"""Messages to people on the wire."""

from __future__ import annotations

from marshmallow import fields

from cms.core.http.fields import Choice, ItemId, Moment, Part, Rows, Words, YesNo
from cms.core.http.schemas import PageQuerySchema, PersonSchema, StrictSchema, VersionedSchema
from cms.notifications.policies import USUAL, Kind, MailWay

MOST_IDS = 100
_KINDS = [kind.value for kind in Kind]
_KIND = {
    "enum": _KINDS,
    "description": "`waiting`: something waits for you. `breaker`, `freeze` and `account` are about security and cannot be switched off; "
    "`mail` tells that mail to your address has stopped.",
}
_HERE = {"description": "Whether it stands in the list."}
_MAIL = {"description": "`at_once`, `daily` (one mail a day), or `off`."}


class NotifiedResourceSchema(StrictSchema):
    """What a message is about."""

    type = fields.String(metadata={"example": "post"})
    id = fields.String(metadata={"example": "019ac1a0-7c00-7000-8000-000000000002"})
    title = fields.String(
        allow_none=True,
        metadata={
            "description": "As it is now. Null: it is no item, or the caller may not see it any more.",
            "example": "Penutupan Jalan MT Haryono",
        },
    )


class NotificationSchema(StrictSchema):
    """A message to the caller."""

    id = fields.String(metadata={"format": "uuid"})
    kind = fields.String(metadata=_KIND)
    text_id = fields.String(
        metadata={
            "description": "One sentence in Indonesian.",
            "example": "Siti Rahmah mengajukan “Penutupan Jalan MT Haryono” untuk diperiksa.",
        }
    )
    text_en = fields.String(
        metadata={
            "description": "The same in English.",
            "example": "Siti Rahmah submitted “Penutupan Jalan MT Haryono” for review.",
        }
    )
    resource = fields.Nested(NotifiedResourceSchema)
    agency = fields.String(allow_none=True, metadata={"example": "dpu"})
    actor = fields.Nested(
        PersonSchema,
        allow_none=True,
        metadata={"description": "Who did it. Null: nobody, such as a key that is about to expire."},
    )
    sequence = fields.Integer(
        allow_none=True, metadata={"description": "The line of the log; null: no line tells of it.", "example": 48213}
    )
    url = fields.String(
        metadata={
            "format": "uri",
            "description": "Where it leads: an address of the console (`CONSOLE_URL`), else of this API.",
            "example": "https://redaksi.balikpapan.example/post/019ac1a0-7c00-7000-8000-000000000002",
        }
    )
    created_at = Moment()
    read_at = Moment(allow_none=True)


class NotificationQuerySchema(PageQuerySchema):
    """Filters of the list of messages."""

    unread = YesNo(
        from_text=True,
        metadata={"description": "`true`: only messages that were not read; `false`: only those that were."},
    )
    kind = Words(choices=_KINDS, metadata={"description": "Kinds, separated by commas: any of them."})


class NotificationsReadSchema(StrictSchema):
    """Which messages were read: some, all up to one, or both; one of the two is needed."""

    ids = Rows(ItemId(), min=1, max=MOST_IDS, metadata={"description": "These messages."})
    until = ItemId(metadata={"description": "This message and all older ones: the newest one that was shown."})


class UnreadSchema(StrictSchema):
    """How many messages are left."""

    unread = fields.Integer(metadata={"description": "Messages of the list that were not read.", "example": 3})


class WaySchema(StrictSchema):
    """How a kind of message is told."""

    here = fields.Boolean(metadata={**_HERE, "example": True})
    mail = fields.String(metadata={**_MAIL, "enum": [way.value for way in MailWay], "example": "at_once"})


class WayUpdateSchema(StrictSchema):
    """A change of how a kind of message is told; what is absent stays."""

    here = YesNo(metadata=_HERE)
    mail = Choice(list(MailWay), metadata=_MAIL)


WaysSchema = type(
    "WaysSchema",
    (StrictSchema,),
    {"__doc__": "How each kind of message is told.", **{kind.value: fields.Nested(WaySchema) for kind in USUAL}},
)
WaysUpdateSchema = type(
    "WaysUpdateSchema",
    (StrictSchema,),
    {"__doc__": "Changes of some kinds.", **{kind.value: Part(WayUpdateSchema) for kind in USUAL}},
)


class MailStateSchema(StrictSchema):
    """Whether mail goes to the caller."""

    address = fields.String(metadata={"format": "email", "description": "That of the account."})
    state = fields.String(
        metadata={
            "enum": ["on", "stopped", "not_set_up"],
            "description": "`stopped`: the mail server refused the address three times in a row. `not_set_up`: this server sends no mail.",
        }
    )
    stopped_at = Moment(allow_none=True, metadata={"example": None})
    stopped_because = fields.String(
        allow_none=True, metadata={"description": "What the mail server said.", "example": None}
    )
    summary_hour = fields.Integer(metadata={"description": "The hour of the daily summary.", "example": 7})
    timezone = fields.String(metadata={"description": "Of that hour.", "example": "Asia/Makassar"})


class NotificationSettingsSchema(VersionedSchema):
    """What the caller is told, and by which way."""

    unread = fields.Integer(metadata={"description": "Messages of the list that were not read.", "example": 3})
    kinds = fields.Nested(WaysSchema)
    mail = fields.Nested(MailStateSchema)


class NotificationSettingsUpdateSchema(StrictSchema):
    """A change of the settings as JSON merge patch; what is absent stays."""

    kinds = Part(WaysUpdateSchema)
    mail_stopped = YesNo(
        metadata={"description": "`false` lets mail go to the address again, after it was mended.", "example": False}
    )
