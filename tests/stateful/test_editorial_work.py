"""Random sequences of editorial work: the product and a small model never disagree, readers never see what is hidden."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.machine import EditorialMachine

# STATEFUL_EXAMPLES raises the number of sequences for a long run; the ordinary suite has to stay quick.
EXAMPLES = int(os.environ.get("STATEFUL_EXAMPLES", "7"))
STEPS = 40
# The limit of pytest-timeout is an exception in the middle of a sequence: Hypothesis runs that again, it passes, and a run that was
# only slow (a busy machine, many sequences) is told as "flaky" or "inconsistent". So the limit has to grow with the work.
SECONDS = 600 + 30 * EXAMPLES


@pytest.mark.timeout(SECONDS)
def test_random_editorial_work_never_diverges_from_the_model(
    app: Flask, client: FlaskClient, moment: Callable[[timedelta], None]
) -> None:
    machine = type("Machine", (EditorialMachine,), {"app": app, "client": client, "advance": staticmethod(moment)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            # A sequence is its own explanation: shrinking one takes minutes, and every one ends at the first divergence.
            phases=[Phase.generate],
            report_multiple_bugs=False,
        ),
    )
