"""Faults of the settings, reported before anything starts: later they would be a traceback, or a server that does nothing."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cms.core.ids import is_area_code, is_slug
from cms.core.mail_settings import mail_problems
from cms.core.outbound_rules import outbound_problems
from config import ANONYMOUS_GROUPS, LARGEST_PORT, Settings

# Settings that must not be 0; every other number may be 0, which switches it off.
_AT_LEAST_ONE: Final = frozenset(
    {"database_pool_size", "web_workers", "web_threads", "breaker_minutes", "breaker_pause_minutes", "max_json_bytes"}
    | {"max_file_bytes", "media_max_bytes", "access_token_minutes", "refresh_idle_hours", "refresh_absolute_days"}
    | {"password_lanes", "usage_days"}
)
_LEAST_SECONDS: Final = 0.05
_SHORTEST_SECRET: Final = 32
_SHORTEST_TOKEN: Final = 16
_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_HOST: Final = re.compile(r"[^\s/@]+")


def setting_problems(settings: Settings) -> list[str]:
    """The reasons against running with these settings, one sentence each; empty when there are none."""
    found = [*_choices(settings), *_strength(settings), *_numbers(settings), *_ports(settings), *_words(settings)]
    if settings.environment == "production":
        found += _production(settings)
    return [*found, *outbound_problems(settings), *mail_problems(settings)]


def _choices(settings: Settings) -> Iterator[str]:
    if settings.environment not in {"development", "production"}:
        yield "ENVIRONMENT must be development or production"
    if settings.proxy_header not in {"forwarded", "x-forwarded-for"}:
        yield "PROXY_HEADER must be forwarded or x-forwarded-for"
    if settings.delivery_anonymous != ("all",) and (
        unknown := [word for word in settings.delivery_anonymous if word not in ANONYMOUS_GROUPS]
    ):
        groups = ", ".join(ANONYMOUS_GROUPS)
        yield f"DELIVERY_ANONYMOUS must list any of {groups}, or be all alone, or empty (nothing without a key); not {unknown[0]}"
    if settings.files_through_proxy and not re.fullmatch(r"/([\w-]+/)+", settings.files_through_proxy, re.ASCII):
        yield "FILES_THROUGH_PROXY must be a path such as /simpul-files/, with a slash at both ends"
    if settings.redis_url and not settings.redis_url.startswith(("redis://", "rediss://", "unix://")):
        yield "REDIS_URL must be redis://host:port/0, rediss://host:port/0 or unix:///path"
    if settings.clamd_url and not _is_scanner(settings.clamd_url):
        yield "CLAMD_URL must be unix:/path or tcp://host:port"
    if settings.database_url and not settings.database_url.startswith(("sqlite", "postgresql+psycopg:")):
        yield "DATABASE_URL must be sqlite:///path or postgresql://user:password@host/name"


def _strength(settings: Settings) -> Iterator[str]:
    """Problems of secrets, and of the cost of guessing passwords."""
    if len(settings.secret_key) < _SHORTEST_SECRET:
        yield (
            f"SECRET_KEY must have at least {_SHORTEST_SECRET} characters: "
            "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    if settings.password_memory_kib < 19_456 or settings.password_time_cost < 2:
        yield "PASSWORD_MEMORY_KIB must be at least 19456 and PASSWORD_TIME_COST at least 2"
    if settings.audit_signing_key and not _is_key(settings.audit_signing_key):
        yield (
            "AUDIT_SIGNING_KEY must be 32 bytes as base64: "
            "python -c 'import base64, secrets; print(base64.b64encode(secrets.token_bytes(32)).decode())'"
        )


def _numbers(settings: Settings) -> Iterator[str]:
    for each in fields(settings):
        value = getattr(settings, each.name)
        if not isinstance(value, int | float) or isinstance(value, bool):
            continue
        least = 1 if each.name in _AT_LEAST_ONE else _LEAST_SECONDS if each.name == "worker_interval" else 0
        if value < least:
            yield f"{each.name.upper()} must be at least {least}"
    if not 5 <= settings.web_thread_idle_seconds <= 600:
        yield "WEB_THREAD_IDLE_SECONDS must be between 5 and 600"
    if not 2 <= settings.sender_seconds <= 600:
        yield "SENDER_SECONDS must be between 2 and 600"


def _ports(settings: Settings) -> Iterator[str]:
    for name in ("port", "streams_port"):
        if getattr(settings, name) > LARGEST_PORT:
            yield f"{name.upper()} must be at most {LARGEST_PORT}"
    if settings.streams_port == settings.port:
        yield "STREAMS_PORT must be another one than PORT"


def _words(settings: Settings) -> Iterator[str]:
    if settings.log_level.upper() not in _LEVELS:
        yield f"LOG_LEVEL must be one of {', '.join(_LEVELS)}"
    if not _is_zone(settings.city_timezone):
        yield "CITY_TIMEZONE must be the name of a time zone, such as Asia/Makassar"
    if not is_slug(settings.city_channel):
        yield "CITY_CHANNEL must be the slug of an agency, such as kota"
    if not is_area_code(settings.city_area):
        yield "CITY_AREA must be a Kemendagri code such as 64.71"
    for name in ("own_domains", "trusted_hosts"):
        if wrong := [host for host in getattr(settings, name) if not _HOST.fullmatch(host)]:
            yield f"{name.upper()} must list host names without scheme, port and path; not {wrong[0]}"
    if settings.metrics_token and len(settings.metrics_token) < _SHORTEST_TOKEN:
        yield f"METRICS_TOKEN must have at least {_SHORTEST_TOKEN} characters"


def _production(settings: Settings) -> Iterator[str]:
    if not settings.trusted_hosts:
        yield "TRUSTED_HOSTS must list the host names of this server"
    if urlsplit(settings.public_url).scheme != "https":
        yield "PUBLIC_URL must start with https://"
    if settings.streams_url and not _is_safe_and_trusted(settings):
        yield "STREAMS_URL must start with https:// and name a host of TRUSTED_HOSTS"
    if settings.uses_sqlite and not settings.allow_sqlite_in_production:
        yield "DATABASE_URL is SQLite; set ALLOW_SQLITE_IN_PRODUCTION=true if one server with one disk is meant"


def _is_safe_and_trusted(settings: Settings) -> bool:
    url = urlsplit(settings.streams_url)
    return url.scheme == "https" and url.hostname in settings.trusted_hosts


def _is_scanner(text: str) -> bool:
    """True for `unix:/path` and `tcp://host:port`."""
    try:
        url = urlsplit(text)
        has_port = bool(url.port)
    except ValueError:
        return False
    if url.scheme == "unix":
        return url.path.startswith("/") and not url.netloc
    return url.scheme == "tcp" and bool(url.hostname) and has_port and text == f"tcp://{url.netloc}" and "@" not in text


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except ValueError:
        return False


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
