"""Writing at scale: requests that may be repeated, rehearsed, or sent together."""
