"""Backups: a folder with the database as it was at one moment, every file that it names, and the proof of both."""
