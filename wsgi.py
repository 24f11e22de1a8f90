"""The WSGI entry point: `granian --interface wsgi wsgi:app`."""

from cms.core.collection import keep_for_good, no_collection

with no_collection():
    from cms.application import create_app

app = create_app()
keep_for_good()
