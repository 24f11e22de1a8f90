"""The change log: one ordered, gap-free, hash-chained table that all other parts follow."""
