"""Tables of background work, which show when it has stopped, and of the settings that all nodes share."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cms.core.db import Model
from cms.core.types import UTCDateTime


class TaskRun(Model):
    """The latest results of a worker's task, or of a command that a timer starts.

    `failures` is how many times in a row it has failed; `succeeded_at` is null until it has succeeded once.
    """

    __tablename__ = "task_runs"

    name: Mapped[str] = mapped_column(String(63), primary_key=True)
    ran_at: Mapped[datetime] = mapped_column(UTCDateTime)
    succeeded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failures: Mapped[int]


class SharedSetting(Model):
    """A setting that must be the same on every node, or its fingerprint where it is secret; written by `init`."""

    __tablename__ = "shared_settings"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
