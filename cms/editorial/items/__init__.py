"""Items, their editions and slugs: making, reading, changing and publishing them."""
