"""Settings that cannot work are told in a sentence before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from cms.core.setting_problems import setting_problems
from config import ANONYMOUS_GROUPS, ConfigurationError, Settings


@pytest.mark.parametrize(
    ("url", "is_fit"),
    [
        ("", True),
        ("sqlite:////srv/simpul.db", True),
        ("postgresql://simpul:x@db/simpul", True),
        ("mysql://x", False),
        ("nonsense", False),
    ],
)
def test_only_databases_that_are_supported_are_accepted(url: str, is_fit: bool, tmp_path: object) -> None:
    settings = Settings.from_environ({"DATABASE_URL": url, "INSTANCE_PATH": str(tmp_path)})
    assert any("DATABASE_URL" in sentence for sentence in setting_problems(settings)) is not is_fit


def test_an_instance_folder_that_cannot_be_used_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"^INSTANCE_PATH=.*file/instance cannot be used: Not a directory$"):
        Settings.from_environ({"INSTANCE_PATH": str(tmp_path / "file" / "instance")})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CITY_TIMEZONE", "Mars"),
        ("CITY_TIMEZONE", "../etc/passwd"),
        ("CITY_TIMEZONE", ""),
        ("LOG_LEVEL", "LOUD"),
        ("PROXY_HOPS", "-1"),
        ("PORT", "65536"),
        ("WORKER_INTERVAL", "0"),
        ("WEB_WORKERS", "0"),
        ("MAX_FILE_BYTES", "0"),
        ("ACCESS_TOKEN_MINUTES", "0"),
        ("CITY_CHANNEL", "Kota Balikpapan"),
        ("CITY_AREA", "Balikpapan"),
        ("OWN_DOMAINS", "https://dpu.example.go.id"),
        ("TRUSTED_HOSTS", "https://api.example.go.id"),
        ("METRICS_TOKEN", "x"),
        ("DELIVERY_ANONYMOUS", "true"),
        ("DELIVERY_ANONYMOUS", "false"),
        ("DELIVERY_ANONYMOUS", "1"),
        ("DELIVERY_ANONYMOUS", "posts"),
        ("DELIVERY_ANONYMOUS", "alerts,posts"),
        ("DELIVERY_ANONYMOUS", "all,go"),
        ("DELIVERY_ANONYMOUS", "ALL"),
        ("DELIVERY_ANONYMOUS_PER_MINUTE", "-1"),
    ],
)
def test_a_value_that_a_setting_cannot_have_is_told_in_a_sentence(name: str, value: str, tmp_path: Path) -> None:
    found = setting_problems(Settings.from_environ({name: value, "INSTANCE_PATH": str(tmp_path)}))

    assert [sentence.split()[0] for sentence in found] == [name]


@pytest.mark.parametrize(
    ("value", "open_groups"),
    [
        (None, {"alerts", "feeds", "go"}),
        ("alerts,feeds,go", {"alerts", "feeds", "go"}),
        (" go , alerts ", {"alerts", "go"}),
        ("", set()),
        ("all", {"alerts", "feeds", "go", None}),
    ],
)
def test_groups_of_routes_are_opened_by_name(value: str | None, open_groups: set[str | None], tmp_path: Path) -> None:
    """None is what belongs to no group: posts, documents, agencies."""
    given = {} if value is None else {"DELIVERY_ANONYMOUS": value}
    settings = Settings.from_environ({**given, "INSTANCE_PATH": str(tmp_path)})

    assert {group for group in (*ANONYMOUS_GROUPS, None) if settings.is_anonymous(group)} == open_groups
    assert setting_problems(settings) == []


def test_every_default_is_a_value_that_its_setting_can_have(tmp_path: Path) -> None:
    assert setting_problems(Settings.from_environ({"INSTANCE_PATH": str(tmp_path)})) == []


MAIL = {"MAIL_URL": "smtp://simpul:rahasia@mail.example:587", "MAIL_FROM": "Simpul <simpul@city.example>"}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"MAIL_URL": "mail.example"}, "MAIL_URL"),
        ({"MAIL_URL": "http://mail.example"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://simpul:rahasia@:25"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://simpul@mail.example"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://mail.example:99999"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://[::1"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://simpul:rahasia/x@mail.example"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://mail.example?starttls=maybe"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://simpul:rahasia@mail.example?starttls=no", "ENVIRONMENT": "production"}, "MAIL_URL"),
        ({"MAIL_FROM": ""}, "MAIL_FROM"),
        ({"MAIL_FROM": "Simpul"}, "MAIL_FROM"),
        ({"MAIL_BOUNCE_TO": "a@b\r\nRCPT TO:<x@y.example>"}, "MAIL_BOUNCE_TO"),
        ({"MAIL_SUMMARY_HOUR": "24"}, "MAIL_SUMMARY_HOUR"),
        ({"CONSOLE_URL": "javascript:alert(1)"}, "CONSOLE_URL"),
        ({"CONSOLE_URL": "https://redaksi.example/{slug}"}, "CONSOLE_URL"),
        ({}, ""),
        ({"MAIL_URL": "smtps://mail.example", "CONSOLE_URL": "https://redaksi.example/{type}/{id}"}, ""),
        ({"MAIL_URL": "smtp://mail.example:25?starttls=no"}, ""),
    ],
)
def test_settings_of_mail_that_cannot_work_are_told_without_the_password(
    given: dict[str, str], name: str, tmp_path: Path
) -> None:
    settings = Settings.from_environ({"INSTANCE_PATH": str(tmp_path), **MAIL, **given})
    told = [sentence for sentence in setting_problems(settings) if sentence.startswith(("MAIL", "CONSOLE"))]
    assert [sentence.split()[0] for sentence in told] == ([name] if name else [])
    assert "rahasia" not in str(told)
