"""Random writes by everybody: an answer from memory is always the one that would be computed, and so is every 304."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.conftest import second_app
from tests.stateful.kept_machine import KeptAnswersMachine

# STATEFUL_EXAMPLES raises the number of sequences for a long run; the ordinary suite has to stay quick.
EXAMPLES = int(os.environ.get("STATEFUL_EXAMPLES", "3"))
STEPS = 30


@pytest.mark.timeout(900 + 60 * EXAMPLES)
def test_kept_and_computed_answers_never_differ(
    app: Flask, environment: dict[str, str], moment: Callable[[timedelta], None]
) -> None:
    with second_app({**environment, "DELIVERY_CACHE_BYTES": "0"}) as fresh:
        names = {"app": app, "fresh": fresh, "advance": staticmethod(moment)}
        machine = type("Machine", (KeptAnswersMachine,), names)
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                database=None,
                phases=[Phase.generate],
                report_multiple_bugs=False,
            ),
        )
