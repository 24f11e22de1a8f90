"""Sounds, films, braille, maps and packed data: recognised by what is in them, bounded, and refused in words."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.documents import text_files
from cms.documents.archives import LARGEST_RATIO, MOST_ENTRIES
from tests.documents.recognising import recognised, refusal
from tests.documents.samples import (
    BRAILLE,
    FEATURE,
    JPEG,
    SHAPES,
    box,
    id3,
    mp3,
    mp4,
    office,
    zipped,
)  # fmt: skip

# --- sounds and films ---

NOT_MP3 = {
    "AAC": (b"\xff\xf1\x50\x80" + bytes(300)) * 5,
    "one frame, then nothing of it": mp3(1) + b"x" * 5_000,
    "a tag and no sound": id3() + b"x" * 500,
    "a tag alone": id3(),
    "layer II": b"\xff\xfd\x90\x64" * 500,
    "UTF-16": "Kelurahan;Jumlah".encode("utf-16"),
}


@pytest.mark.parametrize("name", NOT_MP3)
def test_what_only_begins_like_an_mp3_is_refused(name: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.mp3", NOT_MP3[name]) != ""


@pytest.mark.parametrize(
    "content",
    [mp3(1), mp3() + b"TAG" + bytes(125), mp3()[:-200], mp3(tag=id3() + id3(b"", 0)), mp3(tag=id3(b"", 5_000))],
)
def test_an_mp3_has_tags_before_and_behind_it(content: bytes, tmp_path: Path) -> None:
    assert recognised(tmp_path, "a.mp3", content).media_type == "audio/mpeg"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (mp4(b"qt  ", b"qt  "), "save it as MP4"),
        (mp4(b"heic", b"mif1heic"), "HEIC"),
        (mp4(b"M4A ", b"isommp42"), "save it as MP3"),
        (mp4()[:-10], "the end of the film is missing"),
        (mp4() + b"xyz", "the end of the film is missing or followed by something else"),
        (mp4() + bytes([0, 0, 0, 3]) + b"evil", "the end of the film is missing or followed by something else"),
        (box(b"ftyp", b"isom" + bytes(4)), "its film is not whole"),
        (b"RIFF\0\0\0\0AVI LIST", "save it as MP4"),
        (b"RIFF\0\0\0\0WAVEfmt ", "save it as MP3"),
        (b"\x1a\x45\xdf\xa3" + bytes(40), "save it as MP4"),
    ],
)
def test_other_sounds_and_films_are_named(content: bytes, told: str, tmp_path: Path) -> None:
    assert told in refusal(tmp_path, "a.mp4", content)


@pytest.mark.parametrize(
    "content",
    [
        mp4(b"mp42", b"isommp42"), mp4(b"3gp4", b"isom3gp4"), box(b"ftyp", b"isom" + bytes(4)) + box(b"moov") + struct.pack(">I", 0) + b"mdat" + bytes(9),
        box(b"ftyp", b"isom" + bytes(4)) + box(b"moov") + struct.pack(">I", 1) + b"mdat" + struct.pack(">Q", 26) + bytes(10),
    ],
)  # fmt: skip
def test_films_of_telephones_and_large_boxes_are_mp4(content: bytes, tmp_path: Path) -> None:
    assert recognised(tmp_path, "a.mp4", content).media_type == "video/mp4"


# --- braille and maps ---


def test_braille_is_ascii(tmp_path: Path) -> None:
    assert "BRF" in refusal(tmp_path, "a.brf", "⠏⠑⠝⠛⠥⠍⠥⠍⠁⠝".encode())
    for content in (BRAILLE + b"\x01", b"<html>", b"#!/bin/sh"):
        assert refusal(tmp_path, "a.brf", content) != ""


GEOMETRY = '{"type": "Polygon", "coordinates": [[[116.8, -1.2], [116.9, -1.2], [116.9, -1.3], [116.8, -1.2]]]}'


@pytest.mark.parametrize(
    "content", [GEOMETRY, f'{{"type": "GeometryCollection", "geometries": [{GEOMETRY}]}}', FEATURE.replace('{"type": "Point", "coordinates": [116.83, -1.27]}', "null"), "\ufeff" + FEATURE, '{"type": "FeatureCollection", "features": []}'],
)  # fmt: skip
def test_a_map_is_geojson(content: str, tmp_path: Path) -> None:
    assert recognised(tmp_path, "peta.geojson", content.encode()).media_type == "application/geo+json"


@pytest.mark.parametrize(
    "content",
    [
        "{}", "[]", '"Feature"', "null", '{"type": "Topology", "objects": {}}', '{"type": "FeatureCollection"}', '{"type": ["Feature"]}',
        '{"type": "FeatureCollection", "features": [1]}', '{"type": "Feature", "geometry": null}', '{"type": "Point", "coordinates": 1}',
        FEATURE[:-1], FEATURE + "x", FEATURE.replace("116.83", "NaN"), "[" * 5_000, GEOMETRY.replace("Polygon", "Kelurahan"),
        '{"type": "Feature", "properties": {}, "geometry": {"type": "Circle", "coordinates": []}}',
    ],
)  # fmt: skip
def test_other_json_is_refused(content: str, tmp_path: Path) -> None:
    assert "JSON" in refusal(tmp_path, "a.json", content.encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5) | st.sampled_from(["Feature", "Point"]),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from(["type", "features", "geometry", "geometries", "properties", "coordinates", "x"]), inside, max_size=5),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_any_json_is_accepted_or_refused_in_words(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    told = refusal(tmp_path_factory.getbasetemp(), "a.geojson", json.dumps(value).encode())
    assert told or value["type"] in {"FeatureCollection", "Feature", "GeometryCollection", *text_files.GEOMETRIES}


def test_a_map_that_is_too_large_to_be_read_is_told_to_be_packed(tmp_path: Path) -> None:
    places = ",".join(["[1,2]"] * (text_files.MOST_LISTS + 1))
    for content in (f'{{"type":"MultiPoint","coordinates":[{places}]}}', FEATURE + " " * text_files.LARGEST_JSON):
        assert "pack it as ZIP" in refusal(tmp_path, "a.geojson", content.encode())


# --- packed data ---

DATA_NAMES = (
    "data.csv",
    "peta/batas.shp",
    "a.shp.xml",
    "foto.jpg",
    "isi.docx",
    "README",
    "peta\\batas.dbf",
    "a.js.txt",
    "model.gpkg",
)
PACKED = {".jpg": JPEG, ".docx": office()}
ACTIVE_NAMES = (
    "exe", "dll", "com", "scr", "msi", "bat", "cmd", "ps1", "vbs", "js", "hta", "sh", "py", "php", "lnk", "html", "htm", "svg", "mht",
    "xhtml", "class", "docm", "xlsm", "pptm", "url",
)  # fmt: skip


@given(st.lists(st.sampled_from(DATA_NAMES), min_size=1, unique=True))
def test_a_zip_of_data_is_accepted(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    content = zipped({name: PACKED.get(Path(name).suffix, b"isi") for name in names})
    found = recognised(tmp_path_factory.getbasetemp(), "data.zip", content)
    assert found.media_type == "application/zip"


@given(
    st.sampled_from(DATA_NAMES),
    st.sampled_from(ACTIVE_NAMES),
    st.sampled_from(["", "a/", "a\\", "a/b.csv/"]),
    st.booleans(),
    st.sampled_from(["", ".", " "]),
)
def test_a_zip_with_a_program_or_a_page_is_refused(
    tmp_path_factory: pytest.TempPathFactory, data: str, ending: str, folder: str, is_upper: bool, behind: str
) -> None:
    name = f"{folder}laporan.csv.{ending.upper() if is_upper else ending}{behind}"
    told = refusal(tmp_path_factory.getbasetemp(), "data.zip", zipped({data: b"isi", name: b"x"}))
    assert told == "there is a program, a script or a web page inside"


BAD_ZIPS = {
    "another archive": zipped({"a.zip": b"x"}),
    "an archive of another format": zipped({"a.7Z": b"x"}),
    "a bomb": zipped({"a.csv": bytes(10_000_000)}),
    "too many parts": zipped({f"{number}.csv": b"" for number in range(MOST_ENTRIES + 1)}),
    "a path outside": zipped({"../a.csv": b"x"}),
    "a path of Windows outside": zipped({"a\\..\\..\\a.csv": b"x"}),
    "a drive": zipped({"C:/a.csv": b"x"}),
    "one name twice": zipped({"a/b.csv": b"x", "A\\B.csv": b"x"}),
    "something behind it": zipped(SHAPES) + b"<script>",
    "nothing": zipped({}),
    "an e-book": zipped({"mimetype": "application/epub+zip", "a.xhtml": "x"}),
}


@pytest.mark.parametrize("name", BAD_ZIPS)
def test_a_zip_is_bounded(name: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.zip", BAD_ZIPS[name]) != ""
    assert LARGEST_RATIO * len(BAD_ZIPS["a bomb"]) < 10_000_000
