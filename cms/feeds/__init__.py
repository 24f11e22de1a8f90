"""What is published, in the formats of others: RSS, Atom, JSON Feed, sitemaps and calendars."""
