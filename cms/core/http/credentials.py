"""What a refusal (401) says about the key or token of the request. The shape decides, never whether it is known: nobody learns more."""

from __future__ import annotations

import re
from typing import Final

from flask import Request

from cms.core.http.access import Plane, plane_of

KEY_PREFIX: Final = "smp_"
"""How delivery keys begin."""
_ACCESS_TOKEN: Final = re.compile(r"eyJ[\w-]*\.[\w-]+\.[\w-]+", re.ASCII)
"""A JWT: its first part is a JSON object in base64url."""
NEEDED: Final = {
    Plane.DELIVERY: "a delivery key",
    Plane.MANAGEMENT: "a person's token: sign in first",
    Plane.SERVICE: "a token of its own",
}
HEADER: Final = {
    Plane.DELIVERY: "Authorization: Bearer smp_...",
    Plane.MANAGEMENT: "Authorization: Bearer ...",
    Plane.SERVICE: "Authorization: Bearer ...",
}


def credential_params(asked: Request) -> dict[str, str]:
    """The parameters of `unauthenticated` and `invalid_token` for this request: `credential`, `header` and `fault`, in English."""
    plane = plane_of(asked.path)
    return {
        "credential": NEEDED[plane],
        "header": HEADER[plane],
        "fault": _fault(plane, asked.headers.get("Authorization")),
    }


def _fault(plane: Plane, header: str | None) -> str:
    scheme, _, token = (header or "").partition(" ")
    token = token.strip()
    if header is not None and (scheme.lower() != "bearer" or not token):
        return "the header must be Authorization: Bearer and the key or token"
    if plane is Plane.DELIVERY:
        return _fault_of_key(token)
    if plane is Plane.MANAGEMENT and token.startswith(KEY_PREFIX):
        return "this is a delivery key: it opens /v1 only; sign in to get a person's token"
    if plane is Plane.MANAGEMENT:
        return "it is malformed, expired or revoked; sign in again"
    return "it is not the token of this address"


def _fault_of_key(token: str) -> str:
    if token.startswith(KEY_PREFIX):
        return "the delivery key is mistyped, revoked or expired; ask the administrator of the city for a new one"
    if _ACCESS_TOKEN.fullmatch(token):
        return "this is a person's token: it opens /manage only; send a delivery key (smp_...)"
    return "it is no delivery key: those begin with smp_"
