"""Simpul, a headless CMS for the agencies of one city. `cms.application.create_app` makes the application."""
