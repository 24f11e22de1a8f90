"""The WSGI entry point: `granian --interface wsgi wsgi:app`."""

from cms import create_app

app = create_app()
