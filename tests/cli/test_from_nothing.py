"""The first steps in production, as the guide has them, where nothing lies yet: no instance folder, no database, no storage."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

COMMANDS = (["init"], ["user", "create", "wati@example.go.id", "--name", "Wati", "--role", "admin"], ["doctor"])


def cms(instance: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    environment |= {
        "ENVIRONMENT": "production",
        "INSTANCE_PATH": str(instance),
        "SECRET_KEY": "only-for-tests-" * 4,
        "PUBLIC_URL": "https://api.example.go.id",
        "TRUSTED_HOSTS": "api.example.go.id",
        "ALLOW_SQLITE_IN_PRODUCTION": "true",
        "METRICS_TOKEN": "only-for-tests-" * 3,
        "PROXY_HOPS": "1",
    }
    words = (sys.executable, "-m", "cms", *words)
    return subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_every_command_before_init_says_what_is_missing_and_init_makes_it(tmp_path: Path) -> None:
    instance = tmp_path / "var" / "simpul"

    before = {words[0]: cms(instance, *words) for words in COMMANDS[1:]}

    for told in before.values():
        assert told.returncode == 1
        assert "Traceback" not in told.stderr + told.stdout
    assert f"The instance folder {instance} does not exist" in before["doctor"].stdout
    assert not instance.exists()

    made = cms(instance, "init")
    assert made.returncode == 0, made.stderr
    assert instance.stat().st_mode & 0o777 == 0o700
    assert cms(instance, *COMMANDS[1]).returncode == 0


def test_a_node_without_the_key_of_the_others_gets_none_of_its_own(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    assert cms(instance, "init").returncode == 0
    (instance / "audit_signing_key").unlink()

    told, again = cms(instance, "doctor"), cms(instance, "init")

    assert "is not on this node: bring it back" in told.stdout
    assert again.returncode == 0, again.stderr
    assert not (instance / "audit_signing_key").exists()
    assert cms(instance, "init", "--changed").returncode == 0
    assert (instance / "audit_signing_key").exists()
