"""The command line: `flask --app wsgi cms ...`, also as `python -m cms ...`."""
