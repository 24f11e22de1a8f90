"""The process in which requests wait for changes: long polls and streams of events."""
