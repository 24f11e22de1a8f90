"""Files by their SHA-256, in a local folder or in S3, and uploads on their way in."""
