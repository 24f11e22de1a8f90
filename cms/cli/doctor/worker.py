"""Does a worker run, does it keep up, and does what it does succeed?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cms.cli.doctor.findings import Finding, ok, red, warning
from cms.core import clock
from cms.health.services import WORKER
from cms.health.state import FollowerState, background_state
from config import Settings

# A worker looks about every second and tells that it lives every 15.
WORKER_SILENCE = timedelta(minutes=2)
LONG_WAIT_OF_IMAGES = timedelta(minutes=15)
# Tries come up to a minute apart: by then somebody else's restart does not explain it any more.
MOST_FAILURES = 3


def check_worker(_settings: Settings) -> Iterator[Finding]:
    """When a worker was last heard of. That none ever ran is no fault before there is anything to do."""
    heard = background_state().succeeded_at(WORKER)
    if heard is None:
        yield warning("No worker has run yet: python -m cms worker")
    elif clock.now() - heard > WORKER_SILENCE:
        yield red(f"No worker was heard of since {clock.rfc3339(heard)}: python -m cms worker")
    else:
        yield ok("A worker runs.")


def check_followers(_settings: Settings) -> Iterator[Finding]:
    """Where each follower of the log stands, also one that never ran."""
    state = background_state()
    for follower in state.followers:
        yield _follower_finding(follower, state.sequence)


def _follower_finding(follower: FollowerState, newest: int) -> Finding:
    if _is_older(follower.oldest_unread_at, WORKER_SILENCE):
        return red(f"`{follower.name}` is {follower.lag} lines behind and stands still: is a worker running?")
    return ok(f"`{follower.name}` is at line {newest - follower.lag} of {newest}.")


def check_waiting_work(_settings: Settings) -> Iterator[Finding]:
    """What was planned and is due, and images that wait for their renditions."""
    state = background_state()
    plans = f"{state.due_plans} planned changes are due and not carried out"
    if _is_older(state.oldest_due_plan_at, WORKER_SILENCE):
        yield red(f"{plans}: is a worker running?")
    else:
        yield ok(f"{plans}.")
    images = f"{state.waiting_images} images wait for their renditions"
    since = state.oldest_waiting_image_at
    if since is not None and _is_older(since, LONG_WAIT_OF_IMAGES):
        yield warning(f"{images}, the first since {clock.rfc3339(since)}.")
    else:
        yield ok(f"{images}.")


def check_tasks(_settings: Settings) -> Iterator[Finding]:
    """Tasks of the worker that fail again and again."""
    failing = [run for run in background_state().runs.values() if run.failures >= MOST_FAILURES]
    for run in failing:
        yield red(f"`{run.name}` has failed {run.failures} times in a row: look for `task_failed` in the log.")
    if not failing:
        yield ok("No task of the worker fails again and again.")


def _is_older(moment: datetime | None, age: timedelta) -> bool:
    return moment is not None and clock.now() - moment > age
