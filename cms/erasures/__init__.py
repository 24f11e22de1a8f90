"""Lawful removal of what was published: ordered by one person, confirmed by another, carried out everywhere."""
