"""Every setting of Simpul, once: name, type, default and meaning.

The only module that reads the environment. `Settings.from_environ()` builds a frozen value from a mapping, so tests pass
a dict and nothing is read at import time. docs/operations.md lists the same fields and a test compares the two.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from cms.core.setting_text import parsed

PROJECT_ROOT = Path(__file__).resolve().parent
LARGEST_PORT = 65_535
ANONYMOUS_GROUPS = ("alerts", "feeds", "go")
"""Groups of routes for readers that may be answered without a key."""


class ConfigurationError(Exception):
    """A setting is missing, malformed or unsafe; the message names it and says what to write instead."""


def setting(default: Any, meaning: str) -> Any:
    """Declare one setting: its default value and one sentence that says what it does."""
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True)
class Settings:
    """All settings; each is read from the environment variable of the same name in capitals."""

    environment: str = setting("development", "`development` or `production`; production refuses unsafe settings")
    instance_path: str = setting(
        "instance", "Folder for the embedded database, files and secrets this server made itself"
    )
    secret_key: str = setting(
        "", "Root secret, at least 32 characters; empty: generated once into the instance folder (development only)"
    )
    database_url: str = setting(
        "", "`sqlite:///path` or `postgresql://user:password@host/name`; empty: SQLite in the instance folder"
    )
    database_pool_size: int = setting(5, "PostgreSQL connections that one process keeps open")
    storage_url: str = setting(
        "",
        "`file:///folder` or `s3://bucket/prefix?region=..&endpoint=..`; empty: folder `files` in the instance folder",
    )
    storage_access_key: str = setting(
        "", "S3 access key; empty: looked for where AWS programs look (AWS_ACCESS_KEY_ID, instance role)"
    )
    storage_secret_key: str = setting("", "S3 secret key that belongs to STORAGE_ACCESS_KEY")
    public_url: str = setting(
        "",
        "Address under which readers reach this server; absolute links are made from it, never from the Host header; "
        "empty: this machine and `PORT`",
    )
    files_through_proxy: str = setting(
        "",
        "Path below which the reverse proxy itself sends large files once this server has allowed it (`X-Accel-Redirect`), such as "
        "`/simpul-files/`; empty: this server sends them",
    )
    trusted_hosts: tuple[str, ...] = setting(
        (), "Comma-separated host names that requests may carry; required in production"
    )
    audit_signing_key: str = setting(
        "",
        "Ed25519 key that signs checkpoints of the change log, 32 bytes as base64; empty: the one that `init` made in the "
        "instance folder",
    )
    proxy_hops: int = setting(0, "Number of reverse proxies in front that are believed about the address of a caller")
    proxy_header: str = setting(
        "forwarded",
        "Where they tell it: `forwarded` (RFC 7239), or `x-forwarded-for`, which is safe only behind proxies that drop headers "
        "with underscores",
    )
    allow_sqlite_in_production: bool = setting(
        False, "Accept the embedded database in production (one server, one disk)"
    )
    host: str = setting("127.0.0.1", "Address the web server listens on")
    port: int = setting(8000, "Port the web server listens on")
    streams_port: int = setting(
        0,
        "Port of the process at which readers wait for changes (long poll, streams of events); 0: the one after `PORT`",
    )
    streams_url: str = setting(
        "",
        "Address under which readers reach that process, told in `/v1/capabilities`; empty: this machine and `STREAMS_PORT`, in "
        "production: nobody is told of it",
    )
    streams_most: int = setting(
        1_000, "Requests that may wait for changes at the same time; 0: `run` and `serve` start no such process"
    )
    streams_per_key: int = setting(100, "How many of them one key may have, or one address without a key; 0: no limit")
    web_workers: int = setting(1, "Web processes; one per core")
    web_threads: int = setting(4, "Threads per web process; more do not make a Python server faster")
    web_thread_idle_seconds: int = setting(
        30, "Seconds after which a thread of a web process that has nothing to do ends, 5 to 600"
    )
    sender_seconds: int = setting(
        30,
        "Seconds after which a sender whose body has stopped, or comes with less than 1 KB/s, is ended (Linux), 2 to 600",
    )
    worker_interval: float = setting(1.0, "Seconds between two looks of the background worker at the change log")
    backup_max_age_hours: int = setting(
        48, "Hours after which `doctor` asks for a newer backup; 0: backups are made and watched elsewhere"
    )
    metrics_token: str = setting(
        "", "Bearer token of `/metrics`; empty: answered in development only, and only to this machine"
    )
    delivery_anonymous: tuple[str, ...] = setting(
        ANONYMOUS_GROUPS,
        "Groups of routes that are answered without a key: any of `alerts`, `feeds` and `go`, comma-separated; `all`: the whole "
        "delivery plane; empty: none",
    )
    delivery_per_minute: int = setting(
        6_000, "Requests in a minute with one key of a website or a service; a 304 counts as a tenth; 0: no limit"
    )
    delivery_app_per_minute: int = setting(
        600,
        "Requests in a minute that one address may send with the key of an app (`mobile`) or of pages (`browser`); 0: no limit",
    )
    delivery_anonymous_per_minute: int = setting(
        300, "Requests in a minute that one address may send without a key; 0: no limit"
    )
    redis_url: str = setting(
        "",
        "`redis://[user:password@]host:port/0`, `rediss://...` or `unix://...`: web processes share the limits of readers there; empty: each "
        "process counts for itself",
    )
    delivery_max_age: int = setting(30, "Seconds for which caches may reuse a delivery answer without asking")
    delivery_cache_bytes: int = setting(
        16_000_000, "Memory per web process for repeated delivery answers, in bytes; 0 switches it off"
    )
    usage_days: int = setting(400, "Days for which the figures of consumers by hour are kept")
    breaker_person: int = setting(
        20,
        "Publications of one person, redirects and what vanishes too, within BREAKER_MINUTES before publishing pauses; 0 switches it off",
    )
    breaker_minutes: int = setting(10, "Minutes over which BREAKER_PERSON counts")
    breaker_agency_percent: int = setting(
        30, "Share of an agency's live items that may change within an hour, in per cent; 0 switches it off"
    )
    breaker_agency_least: int = setting(
        50, "Changes within an hour that no agency's breaker minds, whatever their share"
    )
    breaker_taking_back: int = setting(
        20,
        "Items that one person may take back within an hour before a second person must confirm it; 0 switches it off",
    )
    breaker_pause_minutes: int = setting(
        60, "Minutes for which a tripped breaker pauses publishing, unless it is reset"
    )
    max_json_bytes: int = setting(1_000_000, "Largest accepted JSON body in bytes")
    max_file_bytes: int = setting(50_000_000, "Largest accepted document file in bytes")
    agency_storage_bytes: int = setting(
        20_000_000_000, "Bytes that the files and images of one agency may take together; 0: no limit"
    )
    media_max_bytes: int = setting(20_000_000, "Largest accepted image in bytes")
    outbound_networks: tuple[str, ...] = setting(
        (), "Private networks (`10.20.0.0/16`), comma-separated, that addresses which people enter may reach"
    )
    outbound_ports: tuple[str, ...] = setting(("80", "443"), "Ports that addresses which people enter may name")
    outbound_http: bool = setting(False, "Allow http:// beside https:// in addresses that people enter")
    outbound_ca_file: str = setting("", "PEM file of a certificate authority of the city's own, trusted there too")
    mail_url: str = setting(
        "",
        "Mail server that takes messages to people: `smtp://user:password@host:587` (STARTTLS), `smtps://host:465`, or "
        "`smtp://host:25?starttls=no` inside your own network; empty: messages stay in the list of each person",
    )
    mail_from: str = setting(
        "", "Sender that people see, such as `Simpul Balikpapan <simpul@balikpapan.go.id>`; needed with MAIL_URL"
    )
    mail_bounce_to: str = setting(
        "", "Address of a person who reads what comes back later (envelope sender); empty: that of MAIL_FROM"
    )
    mail_ca_file: str = setting("", "PEM file of a certificate authority of the city's own, trusted for MAIL_URL too")
    mail_summary_hour: int = setting(7, "Hour of the city's day, 0 to 23, at which daily summaries are sent")
    console_url: str = setting(
        "",
        "Address that messages to people link to, where `{type}` and `{id}` are filled in, such as "
        "`https://redaksi.example.go.id/{type}/{id}`; empty: the address of this API",
    )
    clamd_url: str = setting(
        "",
        "Virus scanner (clamd) for files of documents: `unix:/run/clamav/clamd.ctl` or `tcp://host:3310` inside your own network; files are held "
        "until it has found them clean; empty: files are not scanned",
    )
    city_channel: str = setting(
        "kota", "Slug of the agency that stands for the city itself; only central editors publish on its channel"
    )
    city_timezone: str = setting("Asia/Makassar", "Time zone of the city, for text that people read")
    own_domains: tuple[str, ...] = setting(
        (),
        "Comma-separated host names that redirections may lead to, with everything below them; "
        "empty: those of the agencies' sites and of PUBLIC_URL",
    )
    city_area: str = setting("64.71", "Kemendagri code of the city")
    access_token_minutes: int = setting(10, "Life of an access token (JWT) in minutes")
    refresh_idle_hours: int = setting(8, "Hours after which an unused refresh token dies")
    refresh_absolute_days: int = setting(7, "Days after which a sign-in ends whatever happens")
    password_memory_kib: int = setting(65_536, "argon2id memory in KiB (RFC 9106 low-memory profile)")
    password_time_cost: int = setting(3, "argon2id passes")
    password_lanes: int = setting(4, "argon2id lanes")
    log_level: str = setting("INFO", "DEBUG, INFO, WARNING, ERROR or CRITICAL")
    access_log: bool = setting(False, "Let the web server write one line per request")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from `environ` (default: the process environment) and complete what depends on the instance folder."""
        source = os.environ if environ is None else environ
        values: dict[str, object] = {}
        for item in fields(cls):
            text = source.get(item.name.upper())
            if text is not None:
                try:
                    values[item.name] = parsed(item.name, str(item.type), text)
                except ValueError as error:
                    raise ConfigurationError(str(error)) from None
        return cls(**values).completed()  # type: ignore[arg-type]

    def completed(self) -> Settings:
        """Fill in the settings that an operator of one small server need not choose."""
        instance = Path(self.instance_path)
        instance = instance if instance.is_absolute() else PROJECT_ROOT / instance
        secret = self.secret_key or (_generated_secret(instance) if self.environment != "production" else "")
        completed: dict[str, Any] = {
            "instance_path": str(instance),
            "secret_key": secret,
            "public_url": self.public_url or self.local_url,
            "streams_port": self.streams_port or port_after(self.port),
            "database_url": normalised_database_url(self.database_url or f"sqlite:///{instance / 'simpul.db'}"),
            "storage_url": self.storage_url or f"file://{instance / 'files'}",
        }
        return Settings(**{item.name: completed.get(item.name, getattr(self, item.name)) for item in fields(self)})

    def is_anonymous(self, group: str | None) -> bool:
        """True when routes of this group are answered without a key; None is a route of no group."""
        return "all" in self.delivery_anonymous or group in self.delivery_anonymous

    @property
    def uses_sqlite(self) -> bool:
        """True when the embedded database is used."""
        return self.database_url.startswith("sqlite")

    @property
    def local_url(self) -> str:
        """Address of this server for clients on the same machine."""
        return f"http://localhost:{self.port}"

    @property
    def waits_at(self) -> str | None:
        """Address under which readers may wait for changes; None where they cannot."""
        if self.streams_most == 0:
            return None
        own = None if self.environment == "production" else f"http://localhost:{self.streams_port}"
        return self.streams_url.rstrip("/") or own


def port_after(port: int) -> int:
    """The port beside another one."""
    return port + 1 if port < LARGEST_PORT else port - 1


def normalised_database_url(url: str) -> str:
    """Give the URL the driver that Simpul uses: psycopg 3 for PostgreSQL, pysqlite3 (through `module=`) for SQLite."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _generated_secret(instance: Path) -> str:
    """Return the secret kept in the instance folder, making it on the first start. Raises `ConfigurationError`."""
    try:
        return _kept_secret(instance)
    except OSError as error:
        raise ConfigurationError(f"INSTANCE_PATH={instance} cannot be used: {error.strerror}") from None


def _kept_secret(instance: Path) -> str:
    """The secret, readable by its owner only."""
    path = instance / "secret_key"
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
    return path.read_text()
