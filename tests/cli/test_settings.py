"""Settings that cannot work are told in a sentence before anything starts."""

from __future__ import annotations

import pytest

from config import Settings


@pytest.mark.parametrize(
    ("url", "is_fit"),
    [
        ("", True),
        ("sqlite:////srv/simpul.db", True),
        ("postgresql://simpul:x@db/simpul", True),
        ("mysql://x", False),
        ("nonsense", False),
    ],
)
def test_only_databases_that_are_supported_are_accepted(url: str, is_fit: bool, tmp_path: object) -> None:
    settings = Settings.from_environ({"DATABASE_URL": url, "INSTANCE_PATH": str(tmp_path)})
    assert any("DATABASE_URL" in sentence for sentence in settings.problems()) is not is_fit
