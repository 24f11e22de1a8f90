"""The read API: lists, details, addresses and files, from publications only."""
