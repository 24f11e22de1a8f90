"""One city for the clients of a file."""

from tests.examples.conftest import running

__all__ = ["running"]
