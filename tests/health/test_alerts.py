"""The alert rules for Prometheus ask only for figures that `/metrics` has."""

from __future__ import annotations

import re

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from cms.core.dead_letters.tasks import putting_aside
from cms.health.services import Run, note_runs
from config import PROJECT_ROOT

RULES = PROJECT_ROOT / "docs" / "alerts.yml"
# Prometheus makes it itself, for each target.
OF_PROMETHEUS = {"up"}


def rules() -> list[dict[str, object]]:
    (group,) = yaml.safe_load(RULES.read_text())["groups"]
    found: list[dict[str, object]] = group["rules"]
    return found


def test_each_rule_asks_for_figures_that_exist(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        # A task that has run once, so that its figure has a label.
        note_runs([Run.success("presenter")])
        with putting_aside("renditions", "an-image"):
            raise ValueError
    client.get("/v1/posts")
    text = client.get("/metrics").text
    known = {name for name, _ in re.findall(r"^([a-z_]+)({[^}]*})? ", text, re.MULTILINE)} | OF_PROMETHEUS
    for rule in rules():
        asked = set(re.findall(r"\b(simpul_[a-z_]+|up|process_[a-z_]+)\b", str(rule["expr"])))
        assert asked, rule
        assert asked <= known, rule


def test_labels_that_rules_group_by_exist(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        note_runs([Run.success("presenter")])
        with putting_aside("renditions", "an-image"):
            raise ValueError
    text = client.get("/metrics").text
    grouped = [found for rule in rules() for found in re.findall(r"by \((\w+)\) \((\w+)\)", str(rule["expr"]))]
    assert grouped
    for label, name in grouped:
        assert re.search(rf"^{name}{{[^}}]*\b{label}=", text, re.MULTILINE), (name, label)


@pytest.mark.parametrize("part", ["summary", "ringkasan"])
def test_each_rule_says_what_it_means_in_both_languages(part: str) -> None:
    assert all(rule["annotations"][part] for rule in rules())  # type: ignore[index]


def test_each_figure_of_work_in_the_background_is_asked_for_by_a_rule(client: FlaskClient) -> None:
    text = client.get("/metrics").text
    gauges = set(re.findall(r"^# TYPE (simpul_[a-z_]+) gauge$", text, re.MULTILINE))
    # How many there are; the alarm looks at how long the first of them has waited.
    counts = {
        "simpul_due_schedules",
        "simpul_waiting_images",
        "simpul_unscanned_files",
        "simpul_unread_files",
        "simpul_processes",
    }
    assert counts < gauges
    assert [name for name in sorted(gauges - counts) if name not in RULES.read_text()] == []
