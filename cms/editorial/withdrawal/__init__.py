"""Withdrawal: taking a published item back from readers."""
