"""Copies of what is published: pages in the order of the log, with what was taken back, and the means to check a copy."""
