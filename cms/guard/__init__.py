"""The guard against gambling links (security.md R-C5 to R-C8): what is held, who may publish how fast, and the freeze."""
