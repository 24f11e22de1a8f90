"""Settings that cannot work are told in a sentence before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import ConfigurationError, Settings


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


def test_an_instance_folder_that_cannot_be_used_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"^INSTANCE_PATH=.*file/instance cannot be used: Not a directory$"):
        Settings.from_environ({"INSTANCE_PATH": str(tmp_path / "file" / "instance")})
