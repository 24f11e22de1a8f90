"""Where a message leads, and the signed address that switches a kind of mail off."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from itsdangerous import BadSignature, Signer

from cms.core.errors import NotFound
from cms.core.ids import is_id
from cms.core.runtime import runtime
from cms.core.signing_keys import ID_LENGTH, SigningKey
from cms.editorial.content_types import registered_types
from cms.notifications.models import SUMMARY, Notification
from cms.notifications.policies import USUAL

UNSUBSCRIBE_PATH: Final = "/mail/unsubscribe"
LIFE: Final = timedelta(days=400)
"""For how long an address of an old mail switches off; RFC 8058 asks for as long as mail may lie in a box."""
_PATHS: Final = {
    "breaker": "/manage/v1/breakers",
    "freeze": "/manage/v1/freeze",
    "webhook": "/manage/v1/consumers/{consumer_id}/webhooks/{id}",
    "key": "/manage/v1/consumers/{consumer_id}",
}


def link_of(message: Notification) -> str:
    """The address that a message leads to: by the template of the console, else of this API."""
    settings = runtime().settings
    if settings.console_url:
        names = {"type": message.resource_type, "id": message.resource_id}
        return _filled(settings.console_url, names)
    return settings.public_url.rstrip("/") + _path(message)


def _path(message: Notification) -> str:
    content_type = registered_types().get(message.resource_type)
    if content_type is not None:
        return f"/manage/v1/{content_type.plural}/{message.resource_id}"
    names = {"id": message.resource_id, "consumer_id": str(message.facts.get("consumer_id", ""))}
    return _filled(_PATHS.get(message.resource_type, "/manage/v1/me"), names)


def _filled(template: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        template = template.replace(f"{{{name}}}", quote(value, safe=""))
    return template


def unsubscribe_link(user_id: str, kind: str) -> str:
    """The address that switches mail of this kind, or the daily summary, off for this person."""
    key = runtime().signing_keys.read()
    token = f"{key.id}.{_signer(key).sign(f'{user_id}.{kind}').decode()}"
    return f"{runtime().settings.public_url.rstrip('/')}{UNSUBSCRIBE_PATH}/{token}"


def subscription_of(token: str) -> tuple[str, str]:
    """The person and the kind that the last part of such an address names. Raises `NotFound` when no key of this server has signed it."""
    kid, _, signed = token.partition(".")
    runtime().signing_keys.read()
    key = runtime().signing_keys.find(kid, LIFE) if len(kid) == ID_LENGTH else None
    if key is None:
        raise NotFound
    try:
        user_id, _, kind = _signer(key).unsign(signed).decode().partition(".")
    except (BadSignature, UnicodeError):
        raise NotFound from None
    if not is_id(user_id) or (kind != SUMMARY and kind not in USUAL):
        raise NotFound
    return user_id, kind


def _signer(key: SigningKey) -> Signer:
    return Signer(key.secret("unsubscribe"), salt=b"simpul.unsubscribe", digest_method=hashlib.sha256)
