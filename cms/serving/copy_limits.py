"""The limits of copies, which their pages keep and `/v1/capabilities` tells."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

DEFAULT_LINES: Final = 100
MOST_LINES: Final = 500
"""Lines of a page, of a copy or of the log."""
FEWEST_BYTES: Final = 10_000
MOST_BYTES: Final = 8_000_000
"""What `max_bytes` may be."""
BYTES_OF_PAGE: Final = 4_000_000
"""Where a page ends by itself, so that no reader can ask for hundreds of the longest texts at once."""
POSITION_LIFE: Final = timedelta(days=400)
"""How long a position can be read after its signing key was replaced; while the key lasts, for ever."""
