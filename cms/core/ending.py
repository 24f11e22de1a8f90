"""Ending a session whose connection may have died meanwhile."""

from __future__ import annotations

from flask_sqlalchemy.session import Session as SessionOfFlask
from sqlalchemy.exc import SQLAlchemyError

from cms.core.logging import get_logger

log = get_logger(__name__)


class EndingSession(SessionOfFlask):
    """A session that ends also when its connection has died.

    It is closed when the answer is finished. When its server or disk was lost, its transaction is rolled back already: an error while
    closing must neither replace the answer to a committed write nor leave the session to a later request.
    """

    def close(self) -> None:
        """Give the connection back; one that cannot be rolled back is dropped."""
        try:
            super().close()
        except SQLAlchemyError:
            log.warning("connection_dropped", exc_info=True)
            self.invalidate()
