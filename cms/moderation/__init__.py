"""The guard against gambling links (R-C5 to R-C8): what is held, who may publish how fast, and the freeze."""
