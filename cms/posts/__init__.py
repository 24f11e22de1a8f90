"""Agency posts: news, press releases, announcements, agenda entries and articles."""
