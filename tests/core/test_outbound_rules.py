"""Which addresses are open: the public internet, the networks that the operator has named, and nothing else."""

from __future__ import annotations

import ast
import ipaddress
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.core.outbound import OPERATOR_HOSTS
from cms.core.outbound_rules import METADATA, Rules, outbound_problems, rules_of
from config import PROJECT_ROOT, Settings

PUBLIC = [
    "8.8.8.8", "103.10.60.1", "172.32.0.1", "2001:4860:4860::8888", "2400:cb00::1",
    # The same, inside of other addresses.
    "::ffff:8.8.8.8", "2002:0808:0808::1", "64:ff9b::808:808",
]  # fmt: skip
CLOSED = [
    "0.0.0.0", "10.0.0.1",  # noqa: S104 - an address like others
    "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.0.1", "172.16.0.1", "172.31.255.255",
    "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "100::1", "::8.8.8.8", "::127.0.0.1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "2002:7f00:0001::1", "2002:0a00:0001::",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808",
    # Teredo: server 8.8.8.8 with client 127.0.0.1 (written inverted), and server 10.0.0.1 with client 8.8.8.8.
    "2001:0:808:808:0:0:80ff:fffe", "2001:0:a00:1:0:0:f7f7:f7f7",
    # ISATAP.
    "2400:cb00::5efe:10.0.0.1", "2400:cb00::200:5efe:127.0.0.1",
    *sorted(map(str, METADATA)),
]  # fmt: skip
PRIVATE = tuple(map(ipaddress.ip_network, ("10.20.0.0/16", "fd00::/8", "100.64.0.0/10")))


def is_open(address: str, rules: Rules | None = None) -> bool:
    return (rules or Rules()).allow(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_is_open(address: str) -> None:
    assert is_open(address)


@pytest.mark.parametrize("address", CLOSED)
def test_everything_else_is_closed(address: str) -> None:
    assert not is_open(address)


@pytest.mark.parametrize("address", ["10.20.0.1", "::ffff:10.20.0.1", "fd12::1", "2002:0a14:0001::1"])
def test_a_named_network_is_open(address: str) -> None:
    assert is_open(address, Rules(networks=PRIVATE))
    assert not is_open(address)


@pytest.mark.parametrize("address", ["10.21.0.1", "127.0.0.1", "::1", *sorted(map(str, METADATA))])
def test_naming_a_network_opens_nothing_beside_it_and_never_the_metadata(address: str) -> None:
    assert not is_open(address, Rules(networks=PRIVATE))
    everything = tuple(map(ipaddress.ip_network, ("0.0.0.0/0", "::/0")))
    if ipaddress.ip_address(address) in METADATA:
        assert not is_open(address, Rules(networks=everything, allows_loopback=True))


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_is_judged_alike_in_every_disguise(number: int) -> None:
    plain = ipaddress.IPv4Address(number)
    mapped, nat64 = ipaddress.IPv6Address((0xFFFF << 32) | number), ipaddress.IPv6Address((0x64FF9B << 96) | number)
    six_to_four = ipaddress.IPv6Address((0x2002 << 112) | (number << 80) | 1)
    assert {is_open(str(each)) for each in (plain, mapped, nat64, six_to_four)} == {is_open(str(plain))}


@pytest.mark.parametrize(
    ("environment", "networks", "is_fit"),
    [
        ("production", ("10.20.0.0/16", "fd12::/32"), True),
        ("production", ("127.0.0.0/8",), False),
        ("production", ("::1/128",), False),
        ("production", ("169.254.0.0/16",), False),
        ("production", ("0.0.0.0/0",), False),
        ("production", ("8.8.8.0/24",), False),
        ("production", ("10.20.0.1/16",), False),
        ("production", ("intranet",), False),
        ("development", ("127.0.0.0/8", "::1/128"), True),
        ("development", ("169.254.0.0/16",), False),
    ],
)
def test_only_private_networks_can_be_named(environment: str, networks: tuple[str, ...], is_fit: bool) -> None:
    settings = replace(Settings(), environment=environment, outbound_networks=networks)
    assert any("OUTBOUND_NETWORKS" in problem for problem in outbound_problems(settings)) is not is_fit


def test_in_production_this_machine_is_closed_whatever_the_settings_say() -> None:
    settings = replace(Settings(), environment="production", outbound_networks=("127.0.0.0/8",))
    assert not is_open("127.0.0.1", rules_of(settings))


@pytest.mark.parametrize(
    "values", [{"outbound_ports": ("443", "x")}, {"outbound_ports": ("0",)}, {"outbound_ca_file": "/no/such.pem"}]
)
def test_other_settings_of_the_door_are_checked(values: dict[str, object]) -> None:
    assert any("OUTBOUND_" in problem for problem in outbound_problems(replace(Settings(), **values)))  # type: ignore[arg-type]


WAYS_OUT = [
    "import socket", "from socket import create_connection", "import ssl", "import http.client", "from http import client",
    "import urllib.request", "from urllib.request import urlopen", "import urllib3", "import requests", "import httpx",
    "import httpcore", "import aiohttp", "import niquests", "import ftplib", "import smtplib", "import imaplib",
    "import poplib", "import xmlrpc.client", "import websockets", "import paramiko", "import pycurl", "import socketserver",
    "from asyncio import open_connection",
]  # fmt: skip


@pytest.mark.parametrize("line", WAYS_OUT)
def test_the_linter_refuses_every_other_way_out(line: str) -> None:
    code = f'"""Calls somebody."""\n\nfrom __future__ import annotations\n\n{line}\n'
    asked = [sys.executable, "-m", "ruff", "check", "--select", "TID251", "--stdin-filename", "cms/core/caller.py", "-"]
    refused = subprocess.run(asked, input=code, capture_output=True, text=True, check=False, cwd=PROJECT_ROOT)
    assert refused.returncode == 1, refused.stdout
    assert "Use cms.core.outbound" in refused.stdout


OWN_SERVER = {"cms/cli/listening.py", "cms/cli/processes.py", "cms/cli/slow_senders.py", "cms/streams/server.py"}
DRIVERS = {"psycopg", "obstore"}


def ways_out_used() -> set[str]:
    """The files that import what the linter refuses."""
    banned = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]["flake8-tidy-imports"]
    ways = {name for name, rule in banned["banned-api"].items() if "cms.core.outbound" in rule["msg"]}
    return {name for name, used in imports().items() if any(_is_way(module, ways) for module in used)}


def test_only_the_door_our_own_listening_socket_and_named_hosts_are_excepted() -> None:
    assert ways_out_used() - set(OPERATOR_HOSTS) == {"cms/core/outbound.py", *OWN_SERVER}


def test_hosts_of_the_operator_are_spoken_to_by_the_modules_that_are_listed() -> None:
    drivers = {name for name, used in imports().items() if {module.partition(".")[0] for module in used} & DRIVERS}
    assert drivers | ways_out_used() - {"cms/core/outbound.py", *OWN_SERVER} == set(OPERATOR_HOSTS)
    assert {setting.lower() for setting in OPERATOR_HOSTS.values()} <= set(Settings.__dataclass_fields__)


def imports() -> dict[str, set[str]]:
    """The modules that each file of the application imports."""
    found: dict[str, set[str]] = {}
    for path in sorted((PROJECT_ROOT / "cms").rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        origins = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
        found[_name(path)] = plain | origins
    return found


def _is_way(module: str, ways: set[str]) -> bool:
    return any(module == way or module.startswith(f"{way}.") for way in ways)


def _name(path: Path) -> str:
    return path.relative_to(PROJECT_ROOT).as_posix()
