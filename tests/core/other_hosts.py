"""Hosts on loopback addresses that answer as they like, with and without TLS, and the names that lead to them."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LONGEST_SECONDS = 20
Behave = Callable[[socket.socket, bytes], None]


def answer(text: bytes) -> Behave:
    """Send this and close."""
    return lambda connection, _request: connection.sendall(text)


def ok(body: bytes = b"baik", *headers: str) -> bytes:
    """A complete 200 answer."""
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def redirect(to: str, status: int = 302) -> bytes:
    """A complete redirect."""
    return f"HTTP/1.1 {status} Elsewhere\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


class Host:
    """One listening socket; `requests` holds the head of what came in, `closed` is set when the client has gone."""

    def __init__(self, address: str, behave: Behave, tls: ssl.SSLContext | None) -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._socket = socket.create_server((address, 0), family=family)
        self.address, self.port = address, self._socket.getsockname()[1]
        self.requests: list[bytes] = []
        self.server_names: list[str | None] = []
        self._behave, self._tls = behave, tls
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _peer = self._socket.accept()
            except OSError:
                return
            self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(LONGEST_SECONDS)
        # Whoever breaks off breaks off: clients that are cut off, and those that do not trust the certificate.
        with connection, suppress(OSError):
            if self._tls is None:
                self._answer(connection)
                return
            with self._tls.wrap_socket(connection, server_side=True) as secure:
                self._answer(secure)

    def _answer(self, connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            block = connection.recv(65_536)
            if not block:
                return
            request += block
        self.requests.append(request)
        self._behave(connection, request)

    def close(self) -> None:
        """Stop listening and wait for what was begun."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in (self._accepting, *self._threads):
            thread.join()


@contextmanager
def listening(behave: Behave, address: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[Host]:
    """A host that behaves like this towards everybody."""
    host = Host(address, behave, tls)
    try:
        yield host
    finally:
        host.close()


def certified(folder: Path, *names: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate authority, and a server's context with a certificate of it for these names."""
    key = ec.generate_private_key(ec.SECP256R1())
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Kota")])
    now = datetime.now(UTC)

    def signed(subject: x509.Name, public: ec.EllipticCurvePublicKey, *extensions: x509.ExtensionType) -> bytes:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(authority).public_key(public)
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        for extension in extensions:
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    root = folder / "ca.pem"
    root.write_bytes(signed(authority, key.public_key(), x509.BasicConstraints(ca=True, path_length=None)))
    own = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    alternatives = x509.SubjectAlternativeName([_general(name) for name in names])
    private = own.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain = folder / "server.pem"
    chain.write_bytes(private + signed(subject, own.public_key(), alternatives))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return root, context


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
