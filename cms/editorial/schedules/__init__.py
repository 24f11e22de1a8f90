"""Plans: publishing or ending an item at a later moment."""
