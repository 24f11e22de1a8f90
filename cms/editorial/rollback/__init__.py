"""Rollback: undo the changes of an account or key."""
