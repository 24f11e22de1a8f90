"""Previews: links to an edition that is not published yet."""
