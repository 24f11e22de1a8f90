"""Prometheus itself reads the alert rules and the figures; each alarm fires when it should, and is quiet otherwise."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from flask.testing import FlaskClient

from config import PROJECT_ROOT

RULES = PROJECT_ROOT / "docs" / "alerts.yml"
# Series with a value each other minute, as `promtool test rules` writes them: `0x80 1` is 0 for 81 values, then 1.
BAD = {
    "SimpulDown": {'up{job="simpul"}': "0x1500"},
    "SimpulWebProcessDied": {"simpul_web_respawns_total": "0x1490 1x10"},
    "SimpulWorkerDied": {"simpul_worker_respawns_total": "0x1490 1x10"},
    "SimpulStreamsDied": {"simpul_streams_respawns_total": "0x1490 1x10"},
    "SimpulStreamsRefused": {'simpul_streams_refused_total{limit="key"}': "0x1490 200x10"},
    "SimpulStreamsNearlyFull": {"simpul_streams_open": "901x1500"},
    "SimpulStreamsDropped": {"simpul_streams_dropped_total": "0x1490 200x10"},
    "SimpulStreamsDeaf": {"simpul_streams_deaf": "1x1500"},
    "SimpulWorkerSilent": {"simpul_worker_heartbeat_timestamp_seconds": "0x1500"},
    "SimpulBreakerOpen": {'simpul_moderation_open{what="breaker"}': "1x1500"},
    "SimpulFrozen": {'simpul_moderation_open{what="freeze"}': "1x1500"},
    "SimpulFollowerBehind": {'simpul_follower_lag{follower="presenter"}': "60x1500"},
    "SimpulWebhooksWait": {"simpul_webhook_due_timestamp_seconds": "60x1500"},
    "SimpulWebhookDisabled": {'simpul_webhook_endpoints{state="disabled"}': "1x1500"},
    "SimpulMailWaits": {"simpul_mail_waiting_timestamp_seconds": "60x1500"},
    "SimpulMailStopped": {"simpul_mail_stopped": "1x1500"},
    "SimpulErrors": {'simpul_requests_total{plane="delivery",status="500"}': "0+400x1500"},
    "SimpulSlow": {'simpul_request_seconds_bucket{plane="delivery",le="1"}': "0+900x1500"},
    "SimpulTooManyRequests": {'simpul_requests_total{plane="delivery",status="429"}': "0+150x1500"},
    "SimpulManyWait": {'simpul_waiting_messages{queue="mail"}': "5001x1500"},
    "SimpulCopySilent": {"simpul_silent_copies": "1x1500"},
    "SimpulLimitsAlone": {"simpul_limits_alone": "1x1500"},
    "SimpulSchedulesWait": {"simpul_due_schedule_timestamp_seconds": "60x1500"},
    "SimpulImagesWait": {"simpul_waiting_image_timestamp_seconds": "60x1500"},
    "SimpulFilesUnread": {"simpul_unread_file_timestamp_seconds": "60x1500"},
    "SimpulScannerSilent": {"simpul_scanner_silent_timestamp_seconds": "60x1500"},
    "SimpulTaskFails": {'simpul_task_failures{task="trash"}': "3x1500"},
    "SimpulPutAside": {'simpul_put_aside{queue="renditions"}': "1x1500"},
    "SimpulFileLost": {"simpul_lost_files_total": "0x1496 1x4"},
    "SimpulCheckpointOld": {
        "simpul_checkpoint_timestamp_seconds": "0x1500",
        "simpul_log_sequence": "5x1500",
        "simpul_checkpoint_sequence": "4x1500",
    },
    "SimpulBackupOld": {"simpul_backup_timestamp_seconds": "0x1500"},
    "SimpulClocksDiffer": {"simpul_clock_ahead_seconds": "-31x1500"},
}
GOOD = {
    'up{job="simpul"}': "1x1500",
    "simpul_web_respawns_total": "1x1500",
    "simpul_worker_respawns_total": "1x1500",
    "simpul_streams_respawns_total": "1x1500",
    'simpul_streams_refused_total{limit="key"}': "0+1x1500",
    "simpul_streams_dropped_total": "0+1x1500",
    "simpul_streams_open": "900x1500",
    "simpul_streams_deaf": "0x1500",
    'simpul_moderation_open{what="breaker"}': "0x1500",
    'simpul_moderation_open{what="freeze"}': "0x1500",
    "simpul_worker_heartbeat_timestamp_seconds": "0+120x1500",
    'simpul_follower_lag{follower="presenter"}': "60 0 " * 750 + "60",
    "simpul_webhook_due_timestamp_seconds": "0x1500",
    'simpul_webhook_endpoints{state="disabled"}': "0x1500",
    "simpul_mail_waiting_timestamp_seconds": "0x1500",
    "simpul_mail_stopped": "0x1500",
    'simpul_requests_total{plane="delivery",status="200"}': "0+12000x1500",
    'simpul_requests_total{plane="delivery",status="500"}': "0+120x1500",
    'simpul_requests_total{plane="delivery",status="429"}': "0+100x1500",
    'simpul_request_seconds_bucket{plane="delivery",le="1"}': "0+1000x1500",
    'simpul_request_seconds_bucket{plane="delivery",le="5"}': "0+1000x1500",
    'simpul_request_seconds_bucket{plane="delivery",le="+Inf"}': "0+1000x1500",
    'simpul_waiting_messages{queue="mail"}': "5001 0 " * 750 + "5001",
    "simpul_silent_copies": "0x1500",
    "simpul_limits_alone": "0x1500",
    "simpul_due_schedule_timestamp_seconds": "0x1500",
    "simpul_waiting_image_timestamp_seconds": "0x1500",
    "simpul_unread_file_timestamp_seconds": "0x1500",
    "simpul_scanner_silent_timestamp_seconds": "0x1500",
    'simpul_task_failures{task="trash"}': "2x1500",
    'simpul_put_aside{queue="renditions"}': "0x1500",
    "simpul_lost_files_total": "1x1500",
    "simpul_checkpoint_timestamp_seconds": "0x1500",
    "simpul_log_sequence": "4x1500",
    "simpul_checkpoint_sequence": "4x1500",
    "simpul_backup_timestamp_seconds": "0+120x1500",
    "simpul_clock_ahead_seconds": "-29x1500",
}
END_MINUTE = 3000


def names() -> list[str]:
    (group,) = yaml.safe_load(RULES.read_text())["groups"]
    return [rule["alert"] for rule in group["rules"]]


def promtool(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(["promtool", *words], input=given, capture_output=True, text=True, check=False)


def is_firing(folder: Path, alert: str, series: dict[str, str]) -> bool:
    """Whether the alert fires at the end of these series; promtool compares with the expectation that it does not."""
    test = {
        "rule_files": [str(RULES)],
        "evaluation_interval": "2m",
        "tests": [
            {
                "interval": "2m",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "alert_rule_test": [{"eval_time": f"{END_MINUTE}m", "alertname": alert, "exp_alerts": []}],
            }
        ],
    }
    path = folder / "test.yml"
    path.write_text(json.dumps(test))
    done = promtool("test", "rules", str(path))
    said = done.stdout + done.stderr
    assert done.returncode == 0 or "exp:[" in said.replace(" ", ""), said
    return done.returncode != 0


def test_the_rules_are_sound() -> None:
    done = promtool("check", "rules", str(RULES))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_figures_are_sound(client: FlaskClient) -> None:
    text = client.get("/metrics").text
    done = promtool("check", "metrics", given=text)
    # Without --lint it also advises about names of the library for single processes.
    assert "error" not in (done.stdout + done.stderr).lower(), done.stdout + done.stderr


def test_every_rule_is_tried() -> None:
    assert sorted(BAD) == sorted(names())


@pytest.mark.parametrize("alert", sorted(BAD))
def test_the_alarm_fires_when_it_is_bad_and_is_quiet_when_it_is_not(alert: str, tmp_path: Path) -> None:
    assert is_firing(tmp_path, alert, {**GOOD, **BAD[alert]})
    assert not is_firing(tmp_path, alert, GOOD)
