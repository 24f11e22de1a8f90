"""The words of files: read once for the same bytes, page by page, in a process of its own."""
