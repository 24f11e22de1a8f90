"""Webhooks: a thousand addresses of which one third is dead, and how long a publication takes to those that listen.

`python -m bench webhooks`, by name alone: it takes some ten minutes for each database. `WEBHOOK_LINES` lines of the log (default 10000),
`WEBHOOK_RATE` of them in a second (default 20).
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Sequence
from statistics import quantiles

from flask import Flask
from sqlalchemy import func, select

from bench.databases import Database
from bench.dataset import agencies
from bench.endpoints import KINDS, LIVING
from bench.load import unpinned
from bench.report import Remarks, Row
from bench.scenarios import Loaded, Site, publish_request
from bench.told import Endpoints, Key, Told, Watch, add_endpoints, evenly, listening, whole_system, worker
from cms.agencies.models import Agency
from cms.application import create_app
from cms.changes.log import record
from cms.changes.models import Change, FollowerPosition
from cms.core import clock
from cms.core.db import session, unit_of_work
from cms.core.ids import new_id
from cms.core.permissions import system_actor
from cms.posts.content import POST
from cms.webhooks.followers import NAME as FOLLOWER
from cms.webhooks.models import DeliveryState, WebhookDelivery
from config import Settings

NAME, PUBLISHED = "webhooks", "webhooks_published"
ENDPOINTS, TOLD, DEAD_EVERY = 1_000, 5, 3
GROUPS = ENDPOINTS // TOLD
LISTENING, PUBLICATIONS, PUBLICATIONS_PER_SECOND = 40, 600, 20
SETTLE_SECONDS, QUIET_SECONDS = 4.0, 60.0
SYSTEM = system_actor("benchmark")


def measure_webhooks(database: Database, loaded: Loaded) -> Iterator[tuple[Row, Remarks]]:
    """Both measurements, on a database that is loaded."""
    yield measure_publications(database, loaded)
    yield measure_thousand(database, loaded)


def measure_thousand(database: Database, loaded: Loaded) -> tuple[Row, Remarks]:
    """Lines at an even rate, each for TOLD of a thousand addresses: the sender alone."""
    lines, rate = int(os.environ.get("WEBHOOK_LINES", "10000")), float(os.environ.get("WEBHOOK_RATE", "20"))
    with listening() as endpoints:
        environment = {**database.environment, **endpoints.environment()}
        app = create_app(Settings.from_environ(environment))
        with app.app_context(), worker(environment) as sender:
            living = _add_thousand(app, endpoints)
            time.sleep(SETTLE_SECONDS)
            watch, busy, stored = Watch(sender), sender.cpu_seconds(), database.cpu_seconds()
            committed = _write_lines(lines, rate)
            _wait_for(living)
            busy, stored, memory = sender.cpu_seconds() - busy, database.cpu_seconds() - stored, watch.end()
            close(app)
        told = endpoints.end()
    wanted: dict[Key, float] = {
        (number, sequence): at
        for sequence, (at, group) in committed.items()
        for number in range(group, ENDPOINTS, GROUPS)
        if _kind(number) == LIVING
    }
    text = f"{lines:,} lines, {rate:.0f}/s; database {stored * 1e6 / max(1, len(wanted)):.0f} us"
    return _figures(NAME, database, loaded.items, wanted, told, busy, memory.pss, text)


def measure_publications(database: Database, loaded: Loaded) -> tuple[Row, Remarks]:
    """The whole system: PUBLICATIONS over HTTP, each told to TOLD of LISTENING addresses, all of which live."""
    slugs = [agency.slug for agency in agencies()]
    told_of = {
        number: [slugs[(number + next_one) % len(slugs)] for next_one in range(TOLD)] for number in range(LISTENING)
    }
    with listening() as endpoints:
        environment = {**database.environment, **endpoints.environment()}
        app = create_app(Settings.from_environ(environment))
        with app.app_context(), unit_of_work() as unit:
            ids = add_endpoints(app, unit, [(endpoints.url(number), of) for number, of in told_of.items()])
        with unpinned(), whole_system(environment) as server:
            time.sleep(SETTLE_SECONDS)
            busy = server.cpu_seconds()
            began = publish_evenly(Site(server, loaded))
            with app.app_context():
                _wait_for(ids)
            busy, memory = server.cpu_seconds() - busy, server.memory()
        with app.app_context():
            lines = _lines_of(began)
            close(app)
        told = endpoints.end()
    wanted: dict[Key, float] = {
        (number, sequence): began[item]
        for sequence, item, agency in lines
        for number, of in told_of.items()
        if agency in of
    }
    text = f"{len(began)} publications, {PUBLICATIONS_PER_SECOND}/s; web server and worker"
    return _figures(PUBLISHED, database, loaded.items, wanted, told, busy, memory.pss, text)


def _kind(number: int) -> str:
    return LIVING if number % DEAD_EVERY else KINDS[number // DEAD_EVERY % len(KINDS)]


def _slug(group: int) -> str:
    return f"told-{group:03}"


def _add_thousand(app: Flask, endpoints: Endpoints) -> Collection[str]:
    """Agencies and endpoints; returns the ids of the living ones."""
    born = {"created_at": clock.now(), "updated_at": clock.now()}
    with unit_of_work() as unit:
        slugs = [_slug(group) for group in range(GROUPS)]
        unit.add(*(Agency(slug=slug, name=slug, short_name=slug, kind="dinas", **born) for slug in slugs))
        unit.session.flush()
        wanted = [(endpoints.url(number, _kind(number)), [slugs[number % GROUPS]]) for number in range(ENDPOINTS)]
        ids = add_endpoints(app, unit, wanted)
    return {webhook_id for number, webhook_id in enumerate(ids) if _kind(number) == LIVING}


def _write_lines(lines: int, rate: float) -> dict[int, tuple[float, int]]:
    """One line in a transaction, evenly; returns for each sequence when it was committed, and its group of addresses."""
    committed: dict[int, tuple[float, int]] = {}
    for number in evenly(lines, rate):
        group = number % GROUPS
        with unit_of_work() as unit:
            change = record(unit, POST.action("published"), new_id(), SYSTEM, agency=_slug(group), edition=1)
        committed[change.sequence] = time.monotonic(), group
    return committed


def publish_evenly(site: Site) -> dict[str, float]:
    """Publish at an even rate; returns when the request for each item began."""
    token, drafts = site.access_token(), site.loaded.drafts[-PUBLICATIONS:]
    began: dict[str, float] = {}
    for number in evenly(len(drafts), PUBLICATIONS_PER_SECOND):
        began[drafts[number].id] = time.monotonic()
        site.answer(publish_request(drafts[number], token))
    return began


def _lines_of(began: Collection[str]) -> Sequence[tuple[int, str, str]]:
    """Sequence, item and agency of these publications."""
    columns = select(Change.sequence, Change.resource_id, Change.agency).where(
        Change.action == str(POST.action("published").value)
    )
    return [tuple(row) for row in session.execute(columns) if row.resource_id in began]  # type: ignore[misc]


def _wait_for(living: Collection[str]) -> None:
    """Wait until the log is followed and nothing waits for these endpoints, or until nothing has moved for a minute."""
    left, since = -1, time.monotonic()
    while left != 0 and time.monotonic() - since < QUIET_SECONDS:
        time.sleep(1)
        now = _left(living)
        if now != left:
            left, since = now, time.monotonic()


def _left(living: Collection[str]) -> int:
    """Lines that are not followed yet, and messages that wait."""
    waiting = (
        select(WebhookDelivery.webhook_id, func.count())
        .where(WebhookDelivery.state == DeliveryState.WAITING)
        .group_by(WebhookDelivery.webhook_id)
    )
    newest = session.scalar(select(func.max(Change.sequence))) or 0
    followed = session.scalar(select(FollowerPosition.sequence).where(FollowerPosition.name == FOLLOWER)) or 0
    count = newest - followed + sum(count for webhook_id, count in session.execute(waiting) if webhook_id in living)
    session.rollback()
    return count


def close(app: Flask) -> None:
    """Leave the database, which is removed."""
    session.remove()
    app.extensions["simpul"].reader.close_connections()
    app.extensions["sqlalchemy"].engine.dispose()


def _figures(
    name: str, database: Database, items: int, wanted: dict[Key, float], told: Told, busy: float, memory: int, text: str
) -> tuple[Row, Remarks]:
    """`cpu_us` is for each message that was to arrive, `bytes` the memory."""
    delays = [told.first[key] - at for key, at in wanted.items() if key in told.first]
    cuts = quantiles(delays, n=100) if len(delays) > 1 else [float("nan")] * 99
    cpu_us = busy * 1e6 / max(1, len(wanted))
    row = Row(name, database.kind, items, p50_ms=cuts[49] * 1e3, p99_ms=cuts[98] * 1e3, cpu_us=cpu_us, bytes=memory)
    lost = len(wanted) - len(delays)
    arrived = (
        f"{len(delays):,} messages, longest {max(delays, default=0):.1f} s, {told.doubles} twice, {lost} lost; {text}"
    )
    return row, Remarks(errors=lost, text=arrived)
