"""Offices of agencies: where people go, with address, hours and contact."""
