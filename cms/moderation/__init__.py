"""Moderation against gambling links (R-C5 to R-C8): holding suspicious editions, limits on publishing, and the freeze."""
