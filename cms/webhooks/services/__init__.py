"""Writes: endpoints, messages to them, and the results of sending."""
