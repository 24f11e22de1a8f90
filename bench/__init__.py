"""What `make bench` runs: load, servers, data and report. Nothing here is imported by the application."""
