"""What a process of test_remembered_heads.py does: publish a post, and be killed the moment it is committed, before it can say so."""

from __future__ import annotations

import json
import os
import signal
from datetime import datetime
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from cms.application import create_app
from cms.core import clock
from config import Settings
from tests.factories import add_published_post


def publish_and_die(settings: str, at: datetime, title: str) -> None:
    """Publish, and die after the commit that has made the post visible."""
    app = create_app(Settings.from_environ(json.loads(settings)))
    lines = {"published": False}

    def executed(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        lines["published"] |= statement.startswith("INSERT INTO publications ")

    def committed(_session: Session) -> None:
        if lines["published"]:
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context():
        event.listen(app.extensions["sqlalchemy"].engine, "before_cursor_execute", executed)
        event.listen(Session, "after_commit", committed)
    with clock.frozen(at):
        add_published_post(app, title=title)
