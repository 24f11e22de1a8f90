"""The writes about people, their sessions and the keys that sign."""
