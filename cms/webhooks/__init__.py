"""Webhooks: consumers are told of public changes at an address of theirs (Standard Webhooks 1.0.0)."""
