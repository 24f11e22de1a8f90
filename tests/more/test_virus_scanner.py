"""Debian's clamd itself, with a signature of the test file EICAR and no other: nothing is downloaded."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from cms.documents.tasks import scan_waiting
from cms.virus_scans.clamd import Clamd, ScanError
from tests.documents.published_files import CONTENT, Published
from tests.documents.uploads import fresh_storage, path_of, send
from tests.editorial.test_shown_meanwhile import wait_for
from tests.people import People

# In two parts, so that no scanner takes this file for the test file. https://www.eicar.org/download-anti-malware-testfile/
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n"
STREAM_BYTES = 2_000_000
SETTINGS = """Foreground yes
LocalSocket {folder}/clamd.ctl
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
LogFile {folder}/clamd.log
StreamMaxLength {stream}
"""


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clamd]:
    """A scanner that runs as this user."""
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "signatures").mkdir()
    (folder / "signatures" / "eicar.ndb").write_text(SIGNATURE)
    settings = folder / "clamd.conf"
    settings.write_text(SETTINGS.format(folder=folder, stream=STREAM_BYTES))
    process = subprocess.Popen(["clamd", "--config-file", settings], stdout=subprocess.DEVNULL)
    found = Clamd(f"unix:{folder}/clamd.ctl")
    try:
        wait_for(found.answers)
        yield found
    finally:
        process.terminate()
        process.wait()


def address(clamd: Clamd) -> str:
    return f"unix:{clamd._url.path}"


def test_clean_bytes_are_clean_and_the_test_file_is_found(clamd: Clamd) -> None:
    assert clamd.scan([CONTENT]) is None
    assert clamd.scan([b""]) is None
    # Names of signatures that are no official ones end with UNOFFICIAL.
    assert clamd.scan([EICAR]) == "Eicar-Test-Signature.UNOFFICIAL"
    assert clamd.scan(EICAR[at : at + 1] for at in range(len(EICAR))) == "Eicar-Test-Signature.UNOFFICIAL"


def test_a_file_that_is_longer_than_it_takes_is_not_released(clamd: Clamd) -> None:
    with pytest.raises(ScanError):
        clamd.scan([bytes(500_000)] * 10)
    assert clamd.answers()


def test_a_document_with_the_test_file_in_it_is_held(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, people: People, city: None, clamd: Clamd
) -> None:
    fresh_storage(app, monkeypatch, tmp_path, clamd_url=address(clamd))
    published = Published(app, people)
    published.add()
    send(published.editor, published.id, CONTENT[:-6] + EICAR + CONTENT[-6:], "lampiran.pdf")
    published.transition("publish")
    assert published.get().status_code == 404

    with app.app_context():
        while scan_waiting():
            pass

    shown = published.editor.get(path_of(published.id)).json["data"]  # type: ignore[index]
    assert [file["virus_scan"]["state"] for file in shown] == ["clean", "infected"]
    assert [published.site.get(f"/v1/documents/{published.id}/files/{file['id']}").status_code for file in shown] == [
        200,
        404,
    ]
