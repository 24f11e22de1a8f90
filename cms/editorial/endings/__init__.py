"""Endings: taking a published item back from readers, in four ways: gone, redirected, withdrawn but readable, vanished."""
