"""Liveness, readiness, and the API reference."""
