"""Previews: links to an edition that nobody else can read yet."""
