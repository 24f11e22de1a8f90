"""What all content types share: items and their editions, review, schedules, withdrawal, reposts, previews, rollback."""
