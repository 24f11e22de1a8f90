"""The change log: one ordered, gap-free, hash-chained table that every other part listens to."""
