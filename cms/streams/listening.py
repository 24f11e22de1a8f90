"""Notifications of PostgreSQL: every transaction with lines of the log sends one when it is committed.

They only make a look come sooner. Whatever happens to them (a pooler that does not pass them on, a lost connection), the process polls.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url

from cms.changes.heads import CHANNEL
from cms.core.logging import get_logger
from cms.core.metrics import STREAMS_DEAF
from cms.core.postgres import CONNECT_SECONDS, KEEPALIVE

log = get_logger(__name__)

AGAIN_SECONDS: Final = 5.0


async def listen(database_url: str, wake: Callable[[], None]) -> None:
    """Call `wake` at every notification, on a connection of its own, until this is cancelled."""
    url = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    address = make_conninfo(url, connect_timeout=CONNECT_SECONDS, **KEEPALIVE)
    while True:
        try:
            connection = await psycopg.AsyncConnection.connect(address, autocommit=True)
            async with connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                STREAMS_DEAF.set(0)
                wake()
                async for _notification in connection.notifies():
                    wake()
        except psycopg.Error as error:
            STREAMS_DEAF.set(1)
            log.warning("streams_deaf", reason=str(error).strip())
        await asyncio.sleep(AGAIN_SECONDS)
