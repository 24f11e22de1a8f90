"""Both storages for tests: a local folder, and S3 as moto's server speaks it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
from moto.server import ThreadedMotoServer

from cms.core.storage.blobs import Storage

ACCESS_KEY = "tests-only"
SECRET_KEY = "tests-only-secret"


@contextmanager
def s3_server() -> Iterator[str]:
    """The address of an S3 server on this machine."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def new_bucket(endpoint: str) -> str:
    """An empty bucket; returns the STORAGE_URL of a prefix in it."""
    name = f"simpul-{secrets.token_hex(6)}"
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
    )
    client.create_bucket(Bucket=name)
    client.close()
    return f"s3://{name}/files?region=us-east-1&endpoint={endpoint}"


def marked(storage: Storage) -> Storage:
    """The storage, set up as `init` does it."""
    storage.mark("tests")
    return storage


def incoming_file(folder: Path, content: bytes) -> Path:
    """A complete upload that waits to be stored."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{secrets.token_hex(8)}.part"
    path.write_bytes(content)
    return path
