"""Schedules: publishing or ending an item at a later moment."""
