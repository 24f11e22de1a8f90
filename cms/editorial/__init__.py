"""What all content types share: items and their editions, review, schedules, endings, reposts, previews, rollback."""
