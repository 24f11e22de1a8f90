"""Freezes: publishing stands still in an agency, in the city, or for a person."""
