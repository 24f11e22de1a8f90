"""Secrets and signatures of Standard Webhooks 1.0.0 (symmetric, `v1`)."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable
from datetime import datetime

from standardwebhooks import Webhook as Signer

PREFIX = "whsec_"
SECRET_BYTES = 32


def make_secret() -> str:
    """A fresh secret as the libraries of Standard Webhooks take it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature_header(signing_secrets: Iterable[str], message_id: str, at: datetime, body: bytes) -> str:
    """The header `webhook-signature`: one signature for each secret, so that a receiver can change over in its own time.

    `at` is in UTC; its whole seconds are signed.
    """
    text = body.decode()
    return " ".join(Signer(secret).sign(message_id, at, text) for secret in signing_secrets)
