"""Files that are made to exhaust whoever reads them: within 15 seconds and 512 MB it is said what happened."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask

from cms.file_texts.extracting import LIMITS, READERS, WALL_SECONDS, FoundText, NoText, find_text
from cms.file_texts.models import TextFault
from config import PROJECT_ROOT
from tests.documents.samples import OPEN_XML
from tests.file_texts import hostile

PDF, DOCX, XLSX = (
    "application/pdf", f"{OPEN_XML}wordprocessingml.document", f"{OPEN_XML}spreadsheetml.sheet",
)  # fmt: skip
MADE = {
    "looped_tables": (hostile.looped_tables, PDF),
    "looped_pages": (hostile.looped_pages, PDF),
    "million_pages": (hostile.million_pages, PDF),
    "huge_stream": (hostile.huge_stream, PDF),
    "deep_objects": (hostile.deep_objects, PDF),
    "without_map": (hostile.without_map, PDF),
    "wide_table": (hostile.wide_table, XLSX),
    "far_cell": (hostile.far_cell, XLSX),
    "entities": (hostile.entities, DOCX),
    "deep_markup": (hostile.deep_markup, DOCX),
}


def outcome(app: Flask, folder: Path, content: bytes, media_type: str) -> FoundText | TextFault:
    path = folder / "berkas"
    path.write_bytes(content)
    with app.app_context():
        try:
            return find_text(path, media_type)
        except NoText as nothing:
            return nothing.fault


MEASURED = """
import json, resource, sys
from pathlib import Path
from cms.core.confined import EndedEarly, run_confined
from cms.file_texts.extracting import EXTRACTOR, LIMITS, WALL_SECONDS
try:
    run_confined(EXTRACTOR, json.loads(sys.argv[1]), LIMITS, WALL_SECONDS)
except EndedEarly:
    pass
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""
"""Reads a file as the worker does and tells how many bytes of memory its reader used at most: the only child that this process has."""


@pytest.mark.parametrize("name", MADE)
def test_it_ends_in_time_and_says_what_happened(app: Flask, tmp_path: Path, name: str) -> None:
    make, media_type = MADE[name]
    content, began = make(), time.monotonic()
    found = outcome(app, tmp_path, content, media_type)

    assert time.monotonic() - began < 3 * WALL_SECONDS
    assert isinstance(found, TextFault) or sum(len(text) for *_place, text in found.texts) <= LIMITS["characters"]


@pytest.mark.parametrize("name", ["huge_stream", "wide_table", "deep_objects"])
def test_it_has_no_more_memory_than_is_given(tmp_path: Path, name: str) -> None:
    make, media_type = MADE[name]
    source = tmp_path / "berkas"
    source.write_bytes(make())
    task = {"source": str(source), "target": str(tmp_path / "teks"), "reader": READERS[media_type]}
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, json.dumps(task)], capture_output=True, check=True, cwd=PROJECT_ROOT, text=True
    )

    assert int(done.stdout.splitlines()[-1]) <= LIMITS["memory_bytes"]


def test_a_file_of_a_million_pages_is_read_as_far_as_the_limit(app: Flask, tmp_path: Path) -> None:
    found = outcome(app, tmp_path, hostile.million_pages(), PDF)

    assert isinstance(found, FoundText)
    assert (found.pages, found.is_whole) == (1_000_000, False)


def test_nothing_of_this_machine_comes_into_a_text(app: Flask, tmp_path: Path) -> None:
    secret = tmp_path / "rahasia"
    secret.write_text("kata-sandi-server")
    found = outcome(app, tmp_path, hostile.outside(f"file://{secret}"), DOCX)

    assert found is TextFault.DAMAGED or (isinstance(found, FoundText) and "kata-sandi" not in str(found.texts))
