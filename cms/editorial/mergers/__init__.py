"""Mergers of agencies: from the day after the last one on, filters by the successor find what was published before."""
