"""Health, metrics and documentation of this server: the service plane."""
