"""The files of deploy/ say what the operations guide promises; `make test-more` runs them with the programs they are for."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from cms.streams.connection import HEAD_SECONDS
from cms.sync.waiting import LONGEST_WAIT
from config import PROJECT_ROOT, Settings

DEPLOY = PROJECT_ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SERVERS = ("simpul-web.service", "simpul-worker.service", "simpul-streams.service")
NAMES = {item.name.upper() for item in fields(Settings)}


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_every_unit_runs_as_its_own_account_and_writes_for_nobody_else(unit: str) -> None:
    lines = (DEPLOY / "systemd" / unit).read_text().splitlines()
    for line in ("User=simpul", "UMask=0077", "NoNewPrivileges=yes", "EnvironmentFile=/etc/simpul/simpul.env"):
        assert line in lines


@pytest.mark.parametrize("name", SERVERS)
def test_servers_are_always_started_again(name: str) -> None:
    lines = (DEPLOY / "systemd" / name).read_text().splitlines()
    assert {"Restart=always", "StartLimitIntervalSec=0"} <= set(lines)


def test_what_a_timer_starts_exists() -> None:
    timers = sorted(path.stem for path in (DEPLOY / "systemd").glob("*.timer"))
    assert timers == ["simpul-audit", "simpul-backup"]
    assert all((DEPLOY / "systemd" / f"{name}.service").exists() for name in timers)


def test_settings_of_the_kit_exist() -> None:
    set_in_env = re.findall(r"^([A-Z_]+)=", (DEPLOY / "simpul.env").read_text(), re.MULTILINE)
    (env,) = re.findall(r"^ENV (.*)$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    named = {*set_in_env, *re.findall(r"([A-Z_]+)=", env)}

    assert {name for name in named if name not in NAMES and not name.startswith("PYTHON")} == set()
    # What a proxy in front needs.
    assert "PROXY_HOPS=1" in (DEPLOY / "simpul.env").read_text()


@pytest.mark.parametrize(
    ("name", "pattern"), [("nginx.conf", r"keepalive_timeout (\d+)s;"), ("Caddyfile", r"keepalive (\d+)s")]
)
def test_proxies_end_idle_connections_before_simpul_does(name: str, pattern: str) -> None:
    seconds = re.findall(pattern, (DEPLOY / name).read_text())
    (ours,) = re.findall(r"HEADER_MILLISECONDS = ([\d_]+)", (PROJECT_ROOT / "cms" / "cli" / "processes.py").read_text())
    assert len(seconds) == 2
    assert all(int(each) < min(int(ours) / 1_000, HEAD_SECONDS) for each in seconds)


def test_no_proxy_holds_streams_back() -> None:
    (nginx,) = re.findall(r"location /wait/ \{(.*?)\n    \}", (DEPLOY / "nginx.conf").read_text(), re.DOTALL)
    assert "proxy_buffering off;" in nginx
    (waits,) = re.findall(r"proxy_read_timeout (\d+)s;", nginx)
    assert int(waits) > LONGEST_WAIT
    assert "flush_interval -1" in (DEPLOY / "Caddyfile").read_text()


@pytest.mark.parametrize(
    ("name", "pattern"), [("nginx.conf", r"client_max_body_size (\d+)m"), ("Caddyfile", r"max_size (\d+)MB")]
)
def test_proxies_let_the_largest_file_pass(name: str, pattern: str) -> None:
    (megabytes,) = re.findall(pattern, (DEPLOY / name).read_text())
    assert Settings().max_file_bytes < int(megabytes) * 1_000_000
