"""The files of deploy/ with nginx and Caddy themselves, before a real server: only names, ports and the certificate are changed."""

from __future__ import annotations

import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cms.core import clock
from config import PROJECT_ROOT
from tests.cli.servers import free_port

DEPLOY = PROJECT_ROOT / "deploy"
NGINX = """
user {user};
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/simpul.conf;
}}
"""


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where a proxy listens."""

    name: str
    port: int
    with_tls: bool

    def connection(self) -> HTTPConnection:
        """A connection to it; its certificate is one of the test's."""
        if not self.with_tls:
            return HTTPConnection("127.0.0.1", self.port, timeout=30)
        return HTTPSConnection("127.0.0.1", self.port, timeout=30, context=unchecked())

    def socket(self) -> socket.socket:
        """A bare connection, for callers who send and read as slowly as they like."""
        plain = socket.create_connection(("127.0.0.1", self.port), 30)
        return unchecked().wrap_socket(plain) if self.with_tls else plain


def unchecked() -> ssl.SSLContext:
    """TLS that takes every certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def kit_nginx(folder: Path, server_port: int, plain_port: int, tls_port: int, user: str = "root") -> Path:
    """deploy/nginx.conf with ports and a certificate of this test, inside the frame that Debian's nginx.conf is; its path."""
    _make_certificate(folder)
    text = (DEPLOY / "nginx.conf").read_text()
    for old, new in (
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{server_port};"),
        ("    listen [::]:80;\n", ""),
        ("    listen [::]:443 ssl http2;\n", ""),
        ("listen 80;", f"listen 127.0.0.1:{plain_port};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{tls_port} ssl http2;"),
        ("/etc/ssl/simpul", str(folder)),
    ):
        assert old in text, old
        text = text.replace(old, new)
    (folder / "simpul.conf").write_text(text)
    frame = folder / "nginx.conf"
    frame.write_text(NGINX.format(folder=folder, user=user))
    return frame


def kit_caddy(folder: Path, server_port: int, port: int) -> Path:
    """deploy/Caddyfile with ports of this test, without TLS; its path."""
    text = (DEPLOY / "Caddyfile").read_text()
    for old, new in (
        ("\napi.example.go.id {", f"\nhttp://127.0.0.1:{port} {{"),
        ("127.0.0.1:8000", f"127.0.0.1:{server_port}"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "Caddyfile"
    path.write_text(text)
    return path


COMPRESSING = {
    "nginx": ("gzip off;", "gzip on; gzip_proxied any; gzip_min_length 1; gzip_types application/json text/csv;"),
    "caddy": ("\treverse_proxy ", "\tencode {\n\t\tgzip\n\t\tminimum_length 1\n\t}\n\treverse_proxy "),
}
"""What an operator changes in the file who lets the proxy compress after all."""


def compress(name: str, path: Path) -> None:
    """Switch on compression in the file of a proxy."""
    old, new = COMPRESSING[name]
    text = path.read_text()
    assert old in text, old
    path.write_text(text.replace(old, new))


@contextmanager
def proxy(name: str, folder: Path, server_port: int, *, compressing: bool = False) -> Iterator[Proxy]:
    """The proxy at work; ended at the end."""
    folder.mkdir()
    port = free_port()
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    if name == "nginx":
        command = ["nginx", "-c", str(kit_nginx(folder, server_port, free_port(), port)), "-g", "daemon off;"]
    else:
        command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(kit_caddy(folder, server_port, port))]
    if compressing:
        compress(name, folder / ("simpul.conf" if name == "nginx" else "Caddyfile"))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        try:
            await_port(port, process, folder / "log")
            yield Proxy(name, port, with_tls=name == "nginx")
        finally:
            process.terminate()
            process.wait(10)


def await_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())


def _make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    begin = clock.now() - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
