"""Uploads on their way in, where the disk has no room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cms.core.errors import Unavailable
from cms.core.storage.uploads import _written


class FullDisk(type(Path())):  # type: ignore[misc]
    """A path whose file is the device that has never room."""

    def open(self, *_how: Any) -> Any:
        """Open the device."""
        return Path("/dev/full").open("wb")


@pytest.mark.parametrize("size", [1, 40, 8_000, 400_000], ids=str)
def test_a_full_disk_is_told_whatever_the_size_of_the_file(size: int) -> None:
    with pytest.raises(Unavailable, match="storage_full"):
        _written([b"x" * size], FullDisk("upload"), 1_000_000)
