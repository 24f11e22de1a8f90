"""The small city for all tests of content."""

from tests.editorial.city import callers, city

__all__ = ["callers", "city"]
