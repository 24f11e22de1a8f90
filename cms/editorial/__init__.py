"""What all content types share: items and their editions, review, schedules, going away, reposts, previews, rollback."""
