"""The parts of the OpenAPI document that come from no route or schema: its description, tags, security schemes and
parameters. Headers of answers: `openapi_headers`.
"""

from __future__ import annotations

from typing import Any, Final

from cms.core.http.conditional import VERSION

Document = dict[str, Any]
API_VERSION: Final = "1.0.0"

DESCRIPTION = """Simpul is one source of public information for the agencies (OPD) of a city.

* **Delivery** (`/v1`): websites and apps read what is published, with a delivery key (`Authorization: Bearer smp_...`).
* **Management** (`/manage/v1`): people write, submit and publish, with an access token from `POST /manage/v1/auth/login`.
* **Service**: health, metrics and this document.

Answers are JSON in `snake_case`, times RFC 3339 in UTC. Every error is `application/problem+json` (RFC 9457) with a stable
`code`; all codes are listed at [/docs/errors](/docs/errors). Unknown fields and parameters are refused, never ignored. Lists take `limit` and
`cursor`; follow `links.next` until it is null. Changes to what exists need `If-Match` with the `ETag` that was read, or `version` of a row."""

SPEC_OPTIONS: Document = {
    "info": {
        "description": DESCRIPTION,
        "contact": {"name": "Whoever runs the server that this document came from"},
        "license": {"name": "MIT", "identifier": "MIT"},
    },
    # Relative: the document is the same on every server, and "try it out" calls the server that showed it.
    "servers": [{"url": "/", "description": "The server that this document came from"}],
}

TAGS = {
    "delivery": "What readers get: lists, details, files and addresses of what is published.",
    "feeds": "The same for programs of subscribers, search engines and calendars, in their formats; without a key where the server allows it.",
    "search": "Finding what is published by a reader's words, and the words that mean the same in this city.",
    "auth": "Signing in and out; access and refresh tokens.",
    "me": "The signed-in person.",
    "users": "People and their roles.",
    "agencies": "Agencies (OPD) and areas of the city.",
    "areas": "Districts and wards with their Kemendagri codes.",
    "offices": "Offices of the agencies: where people go.",
    "taxonomy": "Categories and kinds of public information.",
    "categories": "Categories of posts and documents.",
    "information_kinds": "Kinds of public information.",
    "consumers": "Registered websites and apps, and their delivery keys.",
    "files": "Files of documents.",
    "previews": "Where preview links lead: one unpublished item each, for people without an account.",
    "batch": "Several writes in one request.",
    "service": "Health and metrics of this server.",
}

SECURITY_SCHEMES: Document = {
    "DeliveryKey": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "smp_ + 32 characters + checksum",
        "description": "Delivery key of a registered website or app. It opens `/v1` only.",
    },
    "AccessToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "Access token of a person, from `POST /manage/v1/auth/login`. It opens `/manage/v1` only.",
    },
    "MetricsToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "The setting METRICS_TOKEN. It opens `/metrics` only.",
    },
}

IF_MATCH: Document = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The version that was read: the `ETag`, or `version` of a body as it is. Missing: 428; not the current one: 412; "
    "no version at all: 400.",
    "schema": {"type": "string", "pattern": f"^{VERSION}( *, *{VERSION})*$"},
    "example": '"v1"',
}
IF_MATCH_OR_ANY: Document = {
    **IF_MATCH,
    "description": "As everywhere, or `*` for whatever version there is: this overwrites nothing that people wrote.",
    "schema": {"type": "string", "pattern": rf"^(\*|{VERSION}( *, *{VERSION})*)$"},
}
MIN_SEQ: Document = {
    "name": "Min-Seq",
    "in": "header",
    "required": False,
    "description": "A position of the log that the answer must reflect: 503 while it is not reached. With an epoch, 409 "
    "`epoch_changed` when the data was restored since.",
    "schema": {"type": "string", "pattern": "^[0-9]{1,18}( *; *epoch=[0-9a-z]{1,16})?$"},
    "example": "754; epoch=k3v9mrta",
}
DRY_RUN: Document = {
    "name": "dry_run",
    "in": "query",
    "required": False,
    "description": "With `true` everything is checked and answered as if it were done, and nothing is changed.",
    "schema": {"type": "boolean", "default": False},
}
IDEMPOTENCY_KEY: Document = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A new key for each new request. Repeated within 24 hours with the same key and body, the request is not "
    "carried out again: the first answer is given once more, with `Idempotency-Replayed: true`. Another body: 422.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[ -+\--~]+$"},
    "example": "7f6c1f1e-kirim-1",
}
# Descriptions of parameters that neither their schema nor their route describes.
PARAMETERS = {
    "id": "Id of the item.",
    "item_id": "Id of the item.",
    "user_id": "Id of the person.",
    "session_id": "Id of the sign-in session.",
    "file_id": "Id of the file.",
    "comment_id": "Id of the comment.",
    "preview_id": "Id of the preview link.",
    "release_id": "Id of the release.",
    "edition": "Number of the edition.",
    "token": "The secret part of the link.",
    "name": "Name of the file.",
    "slug": "Slug: the readable part of an address.",
    "agency": "Slug of the agency.",
    "part": "Number of the part.",
    "office_id": "Id of the office.",
    "office": "Ids of offices, separated by commas: any of them.",
    "state": "Only what is in this state.",
    "role": "Only who holds this role.",
    "kind": "Kinds, separated by commas: any of them.",
    "category": "Slugs of categories, separated by commas: any of them.",
    "tag": "Tags, separated by commas: any of them.",
    "language": "Languages (BCP 47), separated by commas: any of them.",
    "information_kind": "Codes of information kinds, separated by commas: any of them.",
    "year": "Years, separated by commas: any of them.",
    "type": "Type of the item.",
    "parent": "What lies directly below this one.",
    "level": "Level of the area.",
}
