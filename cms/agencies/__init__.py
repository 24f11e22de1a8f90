"""Agencies (OPD) of the city and the areas they serve."""
