"""Requests under an `Idempotency-Key`: done once, answered the same ever after (M-9).

The row of the key is written first in the same transaction as what the request does, and the answer last: both are there, or
neither. Answers are sealed (AES-SIV) with the key that the client sent and a secret of the server, so that no copy of the
database reveals passwords and delivery keys in them; the key itself is kept as a digest. An answer is given again only to a
person whose roles are those that the request was made with.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NoReturn, cast

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from flask import Response, request
from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from cms.core import clock
from cms.core.db import rolled_back, session
from cms.core.errors import BadRequest, Conflict, InputError, Invalid
from cms.core.http.access import current_actor
from cms.core.http.request_content import content_digest
from cms.core.permissions import Actor
from cms.core.runtime import runtime
from cms.core.signing_keys import ID_LENGTH, SigningKey
from cms.writing.models import KeptAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 255
KEPT_FOR = timedelta(hours=24)
LONGEST_WAIT_MILLISECONDS = 2_000
"""How long PostgreSQL waits for the same request to end. On SQLite writers take turns whatever they write."""
_LOCK_NOT_AVAILABLE = "55P03"


class AlreadyAnsweredError(Exception):
    """The request was carried out before; holds its answer. Not a fault: it ends the transaction that has begun."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


def idempotency_key() -> str | None:
    """The key of this request. Raises `BadRequest` when it is not 1 to 255 printable ASCII characters without a comma.

    Repeated headers arrive joined by commas: a key with one may be two keys.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable() or "," in key:
        refuse_header(
            "bad_format", expected=f"one key of 1 to {LONGEST_KEY} printable ASCII characters without a comma"
        )
    return key


def refuse_header(code: str, **params: Any) -> NoReturn:
    """Raise `BadRequest` about the header."""
    raise BadRequest("invalid_parameter", errors=[InputError("header", HEADER, code, params)])


def _rights(actor: Actor) -> str:
    """The digest of the roles with their agencies. A new password or token is not part of it: the person may do the same."""
    roles = sorted([role.value, agency or ""] for role, agency in actor.roles)
    return hashlib.sha256(orjson.dumps(roles)).hexdigest()


@dataclass(frozen=True, slots=True)
class Attempt:
    """This request under this key."""

    key: str

    @property
    def _principal(self) -> str:
        return str(current_actor().id)

    @property
    def _digest(self) -> str:
        return hashlib.sha256(self.key.encode()).hexdigest()

    def answer_of_before(self) -> Response | None:
        """The kept answer, read before anything is locked. Raises `Invalid` when the key was for something else, `Conflict`
        when the answer cannot be given any more.
        """
        if request.mimetype == "multipart/form-data":
            # The content of an upload is only known when it has been read; `claim` compares it then.
            return None
        with rolled_back():
            kept = self._kept(session())
            return None if kept is None or kept.expires_at <= clock.now() else self._opened(kept)

    def claim(self, current: Session) -> None:
        """Write the row of the key, first in this transaction; waits while the same request is carried out elsewhere.

        Raises `AlreadyAnsweredError`, `Invalid` when the key was for something else, `Conflict` when the wait is too long or the answer
        cannot be given any more.
        """
        is_postgresql = current.get_bind().dialect.name == "postgresql"
        if is_postgresql:
            before = current.scalar(select(func.current_setting("lock_timeout")))
            current.execute(select(func.set_config("lock_timeout", str(LONGEST_WAIT_MILLISECONDS), True)))
        if not self._is_taken(current, postgresql.insert if is_postgresql else sqlite.insert):
            raise AlreadyAnsweredError(self._opened(cast(KeptAnswer, self._kept(current))))
        if is_postgresql:
            current.execute(select(func.set_config("lock_timeout", before, True)))

    def _is_taken(self, current: Session, insert: Any) -> bool:
        """Take the key, or take it over from an expired request."""
        present = clock.now()
        values = {
            "fingerprint": self._fingerprint(),
            "rights": _rights(current_actor()),
            "answer": None,
            "expires_at": present + KEPT_FOR,
        }
        statement = insert(KeptAnswer).values(principal_id=self._principal, key_digest=self._digest, **values)
        statement = statement.on_conflict_do_update(
            index_elements=["principal_id", "key_digest"], set_=values, where=KeptAnswer.expires_at <= present
        ).returning(KeptAnswer.key_digest)
        try:
            return current.execute(statement).first() is not None
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
                raise Conflict("idempotency_running", headers={"Retry-After": "1"}) from None
            raise

    def keep(self, current: Session, answer: Response) -> None:
        """Write the answer beside the key, last in the transaction."""
        headers = [pair for pair in answer.headers.items() if pair[0] != "Content-Length"]
        plain = orjson.dumps([answer.status_code, headers]) + b"\n" + answer.get_data()
        row = (KeptAnswer.principal_id == self._principal, KeptAnswer.key_digest == self._digest)
        statement = update(KeptAnswer).where(*row).values(answer=self._sealed(plain))
        current.execute(statement.execution_options(synchronize_session=False))

    def _kept(self, current: Session) -> Any:
        wanted = (KeptAnswer.principal_id == self._principal, KeptAnswer.key_digest == self._digest)
        columns = (KeptAnswer.fingerprint, KeptAnswer.rights, KeptAnswer.answer, KeptAnswer.expires_at)
        return current.execute(select(*columns).where(*wanted)).first()

    def _opened(self, kept: Any) -> Response:
        if kept.fingerprint != self._fingerprint():
            raise Invalid("idempotency_key_reused")
        if kept.rights != _rights(current_actor()):
            # It was carried out, so it must not be carried out again; but its answer may tell what this person may not read any more.
            raise Conflict("idempotency_answer_lost")
        if kept.answer is None:
            # Something was erased since, and nobody can tell whether the answer held it (`cms.erasures`).
            raise Conflict("idempotency_answer_lost")
        try:
            plain = self._unsealed(kept.answer)
        except InvalidTag:
            # Sealed under an earlier SECRET_KEY.
            raise Conflict("idempotency_answer_lost") from None
        head, _, body = plain.partition(b"\n")
        status, headers = orjson.loads(head)
        return Response(body, status, [*map(tuple, headers), (REPLAYED, "true")])

    def _fingerprint(self) -> str:
        """The digest of the request: method, address and content of the body (not `If-Match`, which may be newer in a
        repetition).
        """
        content = content_digest()
        if content is None:
            refuse_header("not_supported_here")
        asked = orjson.dumps([request.method, request.path, sorted(request.args.items(multi=True)), content])
        return hashlib.sha256(asked).hexdigest()

    def _sealed(self, plain: bytes) -> bytes:
        key = runtime().signing_keys.read()
        return bytes.fromhex(key.id) + self._cipher(key).encrypt(plain, None)

    def _unsealed(self, stored: bytes) -> bytes:
        """Raises `InvalidTag`."""
        length = ID_LENGTH // 2
        key = runtime().signing_keys.find(stored[:length].hex(), KEPT_FOR)
        if key is None:
            raise InvalidTag
        return self._cipher(key).decrypt(stored[length:], None)

    def _cipher(self, key: SigningKey) -> AESSIV:
        root = key.secret("kept-answers")
        return AESSIV(hashlib.sha512(root + f"{self._principal}\n{self.key}".encode()).digest())
