"""Publications: what readers get. Written once when an item is published, never edited."""
