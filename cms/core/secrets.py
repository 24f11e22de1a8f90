"""Keys for one purpose each, derived from the root secret, so that none works for another purpose."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache


@lru_cache(maxsize=200)
def derived_secret(root: str, purpose: str) -> bytes:
    """32 bytes for `purpose` (HMAC-SHA-256 as key derivation, RFC 5869 expand with one block)."""
    return hmac.new(root.encode(), f"simpul/{purpose}\x01".encode(), hashlib.sha256).digest()
