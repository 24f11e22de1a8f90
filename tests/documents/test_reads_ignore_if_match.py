"""`If-Match` is for writes: every read of both planes ignores it, kept or computed, as the guide says."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.documents.published_files import Published
from tests.documents.uploads import fresh_storage
from tests.people import People


@pytest.mark.parametrize("tag", ['"nothing"', "*", 'W/"v1"', "v999", "no tag at all"])
def test_a_read_is_answered_whatever_if_match_says(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, people: People, city: None, tag: str
) -> None:
    fresh_storage(app, monkeypatch, tmp_path)
    published = Published(app, people)
    published.add()
    published.transition("publish")
    own = f"/manage/v1/documents/{published.id}"
    for caller, path in (
        (published.site, "/v1/documents?limit=5"),
        (published.site, f"/v1/documents/{published.id}"),
        (published.site, published.path),
        (published.site, "/v1/agencies?limit=3"),
        (published.editor, own),
        (published.editor, "/manage/v1/documents?limit=5"),
        (published.editor, f"{own}/files/{published.file_id}"),
    ):
        for _ in range(2):
            assert caller.get(path, headers={"If-Match": tag}).status_code == 200, path
