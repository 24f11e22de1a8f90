"""Downloads by websites and apps: only what is live, in ranges, with headers that keep a file harmless (R-F3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from cms.core.ids import new_id
from cms.core.storage.local import LocalStorage, storage_from_url
from tests.conftest import counted_statements
from tests.core.storages import ACCESS_KEY, SECRET_KEY, marked, new_bucket, s3_server
from tests.documents.published_files import CONTENT, SAFE, Published
from tests.documents.samples import CSV, GOOD, PNG, office
from tests.documents.uploads import digest, fresh_storage, path_of, use_storage
from tests.factories import NEWS
from tests.people import People


@pytest.fixture
def storage(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LocalStorage:
    return fresh_storage(app, monkeypatch, tmp_path)


@pytest.fixture
def published(app: Flask, storage: LocalStorage, people: People, city: None) -> Published:
    found = Published(app, people)
    found.add()
    found.transition("publish")
    return found


def test_a_published_file_is_delivered_with_all_its_headers(published: Published) -> None:
    answer = published.get()
    assert (answer.status_code, answer.data) == (200, CONTENT)
    told = dict(answer.headers)
    assert {name: told[name] for name in SAFE} == SAFE
    assert told["ETag"] == f'"{digest(CONTENT)}"'
    assert told["Content-Type"] == "application/pdf"
    assert told["Content-Length"] == str(len(CONTENT))
    assert told["Content-Disposition"] == 'inline; filename="renja.pdf"'
    assert told["Accept-Ranges"] == "bytes"
    assert told["Cache-Control"] == "public, max-age=30, must-revalidate"
    assert told["Vary"] == "Authorization"
    assert {"Last-Modified", "Content-Seq", "Surrogate-Key"} <= told.keys()


def test_the_document_says_where_the_file_is_and_what_its_bytes_are(published: Published) -> None:
    data = published.site.get(f"/v1/documents/{published.id}").json["data"]["files"][0]
    answer = published.site.get(data["url"])
    assert (digest(answer.data), len(answer.data)) == (data["sha256"], data["bytes"])


def test_a_file_is_found_in_one_statement_beside_the_heads(app: Flask, published: Published) -> None:
    published.get().get_data()
    with counted_statements(app) as statements:
        published.get().get_data()
    assert len(statements) == 2


def test_head_tells_the_same_without_the_bytes(published: Published) -> None:
    whole, head = published.get(), published.get(method="HEAD", Range="bytes=0-1")
    assert (head.status_code, head.data) == (200, b"")
    # What is left of the limit is another number after each request.
    ignored = {"X-Request-Id", "Date", "RateLimit"}
    assert {k: v for k, v in head.headers.items() if k not in ignored} == {
        k: v for k, v in whole.headers.items() if k not in ignored
    }


SIZE = len(CONTENT)


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, SIZE),
        ("bytes=10-19", 10, 20),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE),
        ("bytes=5-999999999999", 5, SIZE),
        ("bytes=-1", SIZE - 1, SIZE),
        ("bytes=-999999", 0, SIZE),
    ],
)
def test_one_range_is_served(published: Published, wanted: str, start: int, end: int) -> None:
    answer = published.get(Range=wanted)
    assert (answer.status_code, answer.data) == (206, CONTENT[start:end])
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert answer.headers["Content-Length"] == str(end - start)
    assert {name: answer.headers[name] for name in SAFE} == SAFE


@pytest.mark.parametrize("wanted", [f"bytes={SIZE}-", f"bytes={SIZE + 5}-{SIZE + 9}", "bytes=-0"])
def test_a_range_outside_of_the_file_is_told_with_its_size(published: Published, wanted: str) -> None:
    answer = published.get(Range=wanted)
    assert (answer.status_code, answer.json["code"]) == (416, "range_not_satisfiable")
    assert answer.headers["Content-Range"] == f"bytes */{SIZE}"
    assert {name: answer.headers[name] for name in SAFE} == SAFE


@pytest.mark.parametrize(
    "wanted",
    ["bytes=0-1,3-4", "bytes=5-2", "bytes=a-b", "items=0-1", "bytes=", "bytes=--1", "0-1", "bytes=-", "bytes=٣-٤"],
)
def test_a_range_that_cannot_be_understood_gives_the_whole_file(published: Published, wanted: str) -> None:
    answer = published.get(Range=wanted)
    assert (answer.status_code, len(answer.data)) == (200, SIZE)


def test_a_part_is_given_only_of_the_bytes_that_the_caller_began_with(published: Published) -> None:
    tag, modified = published.get().headers["ETag"], published.get().headers["Last-Modified"]
    for condition, status in ((tag, 206), (modified, 206), ('"other"', 200), (f"W/{tag}", 200), ("yesterday", 200)):
        answer = published.get(Range="bytes=0-3", If_Range=condition)
        assert (answer.status_code, len(answer.data)) == (status, 4 if status == 206 else SIZE)


def test_who_has_the_bytes_is_told_so(published: Published) -> None:
    first = published.get()
    for headers in (
        {"If_None_Match": first.headers["ETag"]},
        {"If_None_Match": '"x", W/' + first.headers["ETag"]},
        {"If_Modified_Since": first.headers["Last-Modified"]},
        {"If_None_Match": first.headers["ETag"], "Range": "bytes=0-1"},
    ):
        answer = published.get(**headers)
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == first.headers["ETag"]
        assert {name: answer.headers[name] for name in SAFE} == SAFE
    assert published.get(If_None_Match='"x"', If_Modified_Since=first.headers["Last-Modified"]).status_code == 200


@pytest.mark.parametrize(
    ("name", "content", "disposition", "kind"),
    [
        ("a.csv", CSV, "attachment", "text/csv; charset=utf-8"),
        ("a.docx", office(), "attachment", None),
        ("a.png", PNG, "inline", "image/png"),
        ("a.zip", GOOD["a.zip"][0], "attachment", "application/zip"),
        ("a.mp3", GOOD["a.mp3"][0], "attachment", "audio/mpeg"),
        ("a.mp4", GOOD["a.mp4"][0], "attachment", "video/mp4"),
        ("a.brf", GOOD["a.brf"][0], "attachment", "application/x-brf"),
        ("a.geojson", GOOD["a.geojson"][0], "attachment", "application/geo+json"),
    ],
)
def test_only_images_and_pdf_may_open_in_the_browser(
    published: Published, name: str, content: bytes, disposition: str, kind: str | None
) -> None:
    published.add(content, name)
    published.transition("publish", NEWS)
    answer = published.get()
    assert answer.data == content
    assert answer.headers["Content-Disposition"].startswith(disposition)
    assert kind is None or answer.headers["Content-Type"] == kind


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("x; filename=evil.exe; y.pdf", 'inline; filename="x; filename=evil.exe; y.pdf"'),
        ("Surat Keputusan №5.pdf", "inline; filename=\"Surat Keputusan No5.pdf\"; filename*=UTF-8''Surat%20Keputusan%20%E2%84%965.pdf"),
        ("文書.pdf", "inline; filename=\"berkas.pdf\"; filename*=UTF-8''%E6%96%87%E6%9B%B8.pdf"),
        ("100%.pdf", "inline; filename=\"100_.pdf\"; filename*=UTF-8''100%25.pdf"),
    ],
)  # fmt: skip
def test_a_hostile_name_stays_a_name(published: Published, name: str, told: str) -> None:
    published.add(CONTENT, name)
    published.transition("publish", NEWS)
    assert published.get().headers["Content-Disposition"] == told


def test_a_draft_is_nowhere_and_what_is_unpublished_is_gone_at_once(
    app: Flask, storage: LocalStorage, people: People, city: None
) -> None:
    found = Published(app, people)
    found.add()
    assert found.get().status_code == 404
    found.transition("publish")
    assert found.get().status_code == 200
    found.transition("unpublish", {"kind": "gone", "explanation": "Ditarik."})
    assert found.get().status_code == 404
    found.transition("publish", NEWS)
    assert found.get().status_code == 200
    found.transition("unpublish", {"kind": "gone", "explanation": "Ditarik."})
    answer = found.get()
    assert answer.status_code == 404
    assert {name: answer.headers[name] for name in SAFE} == SAFE


def test_a_file_follows_the_published_edition_not_the_draft(published: Published) -> None:
    first, first_path = published.file_id, published.path
    published.add(CSV, "baru.csv")
    assert published.get().status_code == 404, "the new file is only in the draft"
    version = published.editor.get(f"/manage/v1/documents/{published.id}").headers["ETag"]
    assert published.editor("DELETE", f"{path_of(published.id)}/{first}", match=version).status_code == 204
    assert published.site.get(first_path).status_code == 200
    published.transition("publish", NEWS)
    assert published.get().status_code == 200
    assert published.site.get(first_path).status_code == 404


def test_addresses_of_others_lead_nowhere(published: Published) -> None:
    other = new_id()
    for path in (
        f"/v1/documents/{other}/files/{published.file_id}",
        f"/v1/documents/{published.id}/files/{other}",
        f"/v1/documents/{published.id}/files/..%2f..%2fetc%2fpasswd",
        f"/v1/documents/{published.id}/files/{published.file_id.upper()}",
        f"/v1/documents/{published.id}/files/'%20OR%201=1",
        f"/v1/posts/{published.id}/files/{published.file_id}",
    ):
        assert published.site.get(path).status_code == 404, path


def test_the_key_decides_what_is_delivered(published: Published) -> None:
    assert published.get(published.narrow).status_code == 404
    answer = published.get(published.content_only)
    assert (answer.status_code, answer.json["code"]) == (403, "scope_missing")
    assert {name: answer.headers[name] for name in SAFE} == SAFE
    assert published.get(published.editor).status_code == 401
    anonymous = published.site.client.get(published.path)
    assert anonymous.status_code == 401
    assert {name: anonymous.headers[name] for name in SAFE} == SAFE
    assert published.get(published.narrow, If_None_Match=f'"{digest(CONTENT)}"').status_code == 404


def test_unknown_parameters_are_refused(published: Published) -> None:
    assert published.site.get(f"{published.path}?download=1").status_code == 400


def test_bytes_that_are_lost_are_told_before_anything_is_sent(published: Published, storage: LocalStorage) -> None:
    storage.delete(digest(CONTENT))
    answer = published.get()
    assert (answer.status_code, answer.json["code"]) == (503, "file_lost")
    assert {name: answer.headers[name] for name in SAFE} == SAFE


def test_time_moves_the_answer_but_not_the_bytes(published: Published, moment: Callable[[timedelta], None]) -> None:
    before = published.get()
    moment(timedelta(days=1))
    after = published.get()
    assert (before.data, before.headers["ETag"]) == (after.data, after.headers["ETag"])


def test_a_file_on_s3_is_uploaded_and_delivered_like_any_other(
    app: Flask, people: People, city: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with s3_server() as endpoint:
        url = new_bucket(endpoint)
        s3 = marked(storage_from_url(url, incoming=tmp_path / "in", access_key=ACCESS_KEY, secret_key=SECRET_KEY))
        use_storage(app, monkeypatch, s3)
        found = Published(app, people)
        found.add()
        found.transition("publish")
        assert found.get().data == CONTENT
        assert found.get(Range="bytes=7-11").data == CONTENT[7:12]
        assert list((tmp_path / "in").iterdir()) == []
    answer = found.get()
    assert (answer.status_code, answer.json["code"]) == (503, "storage_unavailable")
