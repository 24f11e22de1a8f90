"""Reposts: an agency carries what another one published."""
