"""Health and metrics of this server."""
