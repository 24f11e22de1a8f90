"""Which values a setting can have: what would only be noticed later, by a traceback or by a server that does nothing, is told at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Final
from zoneinfo import ZoneInfo

from cms.core.ids import is_area_code, is_slug
from config import Settings

# What makes no sense as nothing at all; every other number may be 0, which switches it off.
_AT_LEAST_ONE: Final = frozenset(
    {"database_pool_size", "web_workers", "web_threads", "breaker_minutes", "breaker_pause_minutes", "max_json_bytes"}
    | {"max_file_bytes", "media_max_bytes", "access_token_minutes", "refresh_idle_hours", "refresh_absolute_days"}
    | {"password_lanes"}
)
_LEAST_SECONDS: Final = 0.05
_LARGEST_PORT: Final = 65_535
_SHORTEST_TOKEN: Final = 16
_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_HOST: Final = re.compile(r"[^\s/@]+")


def value_problems(settings: Settings) -> list[str]:
    """What is wrong with single values, one sentence each."""
    return [*_numbers(settings), *_words(settings)]


def _numbers(settings: Settings) -> Iterator[str]:
    for each in fields(settings):
        value = getattr(settings, each.name)
        if not isinstance(value, int | float) or isinstance(value, bool):
            continue
        least = 1 if each.name in _AT_LEAST_ONE else _LEAST_SECONDS if each.name == "worker_interval" else 0
        if value < least:
            yield f"{each.name.upper()} must be at least {least}"
    if settings.port > _LARGEST_PORT:
        yield f"PORT must be at most {_LARGEST_PORT}"


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


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
