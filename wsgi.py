"""The WSGI entry point: `granian --interface wsgi wsgi:app`."""

import gc

from cms.application import create_app

app = create_app()
# The application stays as long as the process: the collector need not look at it.
gc.freeze()
