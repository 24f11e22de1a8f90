"""The editions of an item: list, compare, restore, autosave."""
