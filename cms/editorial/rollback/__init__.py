"""Rollback: undo what an account or key has changed."""
