"""Writes that are repeatable, rehearsed, or sent as a batch."""
