"""Shared parts of all reading planes: the dependencies of an answer, and whether a cached answer is still valid."""
