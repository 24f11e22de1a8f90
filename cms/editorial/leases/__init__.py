"""Leases: who is editing an item right now."""
