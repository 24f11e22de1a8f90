"""Freezes: they stop publishing in an agency, in the city, or by a person."""
