"""Table of what runs by itself: without it nobody would see that something does not run any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import UTCDateTime


class TaskRun(Model):
    """How a task of the worker, or a command that a timer starts, has gone lately.

    `failures` is how many times in a row it has failed; `succeeded_at` is empty while it never has succeeded.
    """

    __tablename__ = "task_runs"

    name: Mapped[str] = mapped_column(String(63), primary_key=True)
    ran_at: Mapped[datetime] = mapped_column(UTCDateTime)
    succeeded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failures: Mapped[int]
